/** Vector instructions of the processor, which decide what ONNX Runtime's kernels round. */

import type { BlockSize } from "./trace.ts";

/** As Linux names them; those for which ONNX Runtime 1.30 has kernels of their own. */
const known: ReadonlySet<string> = new Set([
  "amx_bf16",
  "amx_int8",
  "asimd",
  "asimddp",
  "avx",
  "avx2",
  "avx512_bf16",
  "avx512_vnni",
  "avx512bw",
  "avx512dq",
  "avx512f",
  "avx512vl",
  "avx_vnni",
  "f16c",
  "fma",
  "sve",
]);

const linuxFile = "/proc/cpuinfo";

/**
 * Features in the order of the alphabet: from the operating system where it tells and may be asked,
 * else what the probed block of channels implies, which is little.
 */
export function cpuFeatures(blockSize: BlockSize): readonly string[] {
  return fromLinux() ?? (blockSize === 16 ? ["avx512f"] : []);
}

function fromLinux(): readonly string[] | undefined {
  if (Deno.build.os !== "linux") return undefined;
  // Asked first, because a process without the permission would wait for an answer at a terminal.
  const { state } = Deno.permissions.querySync({ name: "read", path: linuxFile });
  if (state !== "granted") return undefined;
  try {
    return featuresIn(Deno.readTextFileSync(linuxFile));
  } catch (error) {
    // Some sandboxes have no /proc.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return undefined;
    }
    throw error;
  }
}

/** The features that the first processor of a `/proc/cpuinfo` has. */
export function featuresIn(cpuInfo: string): readonly string[] | undefined {
  const line = cpuInfo.split("\n").find((text) => /^(flags|Features)\s*:/.test(text));
  return line?.slice(line.indexOf(":") + 1).trim().split(/\s+/).filter((flag) => known.has(flag))
    .sort();
}
