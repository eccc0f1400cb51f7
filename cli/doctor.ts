/** `doctor`: what this machine has, what is missing, and the one command that fixes it. */

import { resolve } from "node:path";
import manifest from "../deno.json" with { type: "json" };
import { createEngine } from "../engine/create_engine.ts";
import { openLocalStore } from "../pipelines/store/local_store.ts";
import { findBackends } from "./find_backends.ts";
import { ExitCode } from "./exit_code.ts";
import { paint } from "./paint.ts";
import type { Host, JsonArguments, StoreArguments } from "./verb.ts";

export interface DoctorArguments extends StoreArguments, JsonArguments {}

interface Finding {
  readonly what: string;
  /** "absent" is no fault: the machine does without. */
  readonly state: "ok" | "warning" | "absent" | "missing";
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Less than this does not hold one data set with its checkpoints. */
const LITTLE_SPACE_GIB = 5;

export async function doctorVerb(args: DoctorArguments, host: Host): Promise<ExitCode> {
  const folder = resolve(host.folder, args.store);
  const findings = [
    findDeno(),
    ...await findOnnx(),
    await findCpuBackend(),
    ...await findBackends(),
    await findStore(folder),
    await findSpace(folder, host.folder),
  ];
  if (args.json) host.terminal.out(`${JSON.stringify({ findings }, null, 2)}\n`);
  else host.terminal.out(findings.map((each) => line(each, host.terminal.hasColor)).join(""));
  const isUsable = findings.every(({ state }) => state !== "missing");
  return isUsable ? ExitCode.done : ExitCode.stageFailed;
}

function findDeno(): Finding {
  const { deno } = Deno.version;
  const [major = 0, minor = 0] = deno.split(".").map(Number);
  const found = `deno ${deno}, ${navigator.hardwareConcurrency} cores`;
  if (major > 2 || major === 2 && minor >= 9) return { what: "Deno", state: "ok", found };
  return { what: "Deno", state: "missing", found, fix: "deno upgrade 2.9.6" };
}

async function findOnnx(): Promise<Finding[]> {
  const what = "ONNX Runtime";
  const pin = manifest.imports["onnxruntime-node"];
  try {
    const engine = await createEngine({ backend: "onnx", threads: 1 });
    const { version, blockSize } = engine.info;
    engine.dispose();
    const layout: Finding = blockSize === 0
      ? {
        what: "CPU layout",
        state: "warning",
        found: "portable ONNX operators; convolutions are slower without AVX2 or AVX-512",
      }
      : { what: "CPU layout", state: "ok", found: `convolutions in NCHW${blockSize}c blocks` };
    return [{ what, state: "ok", found: version }, layout];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [{ what, state: "missing", found, fix: `deno install --allow-scripts=${pin}` }];
  }
}

async function findCpuBackend(): Promise<Finding> {
  const what = "JavaScript backend";
  try {
    const engine = await createEngine({ backend: "cpu", threads: 1 });
    const { version } = engine.info;
    engine.dispose();
    return { what, state: "ok", found: `${version}; slow, for tests` };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { what, state: "missing", found, fix: "deno install" };
  }
}

async function findStore(folder: string): Promise<Finding> {
  try {
    const store = openLocalStore(folder);
    const bytes = new TextEncoder().encode("zoetrope doctor");
    await store.readBlob(await store.putBlob(bytes));
    const { length } = await store.listActions();
    return { what: "Store", state: "ok", found: `${folder} is writable, ${length} results` };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { what: "Store", state: "missing", found, fix: "choose another with --store <folder>" };
  }
}

/** Free space by `df`, which POSIX has and Deno has not. */
async function findSpace(folder: string, fallback: string): Promise<Finding> {
  const what = "Disk";
  for (const path of [folder, fallback]) {
    try {
      const { success, stdout } = await new Deno.Command("df", { args: ["-Pk", path] }).output();
      const free = Number(
        new TextDecoder().decode(stdout).trim().split("\n").at(-1)?.split(/\s+/)[3],
      );
      if (!success || !Number.isFinite(free)) continue;
      const gib = free / 2 ** 20;
      const found = `${gib.toFixed(1)} GiB free`;
      if (gib >= LITTLE_SPACE_GIB) return { what, state: "ok", found };
      return { what, state: "warning", found, fix: "remove old results from the store" };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { what, state: "warning", found: "free space is unknown: there is no df" };
}

function line({ what, state, found, fix }: Finding, hasColor: boolean): string {
  const mark = { ok: "✓", warning: "!", absent: "-", missing: "✗" }[state];
  const color = { ok: "green", warning: "yellow", absent: "dim", missing: "red" } as const;
  const remedy = fix === undefined ? "" : `\n  ${"".padEnd(18)}  fix: ${fix}`;
  return `${paint(mark, color[state], hasColor)} ${what.padEnd(18)}  ${found}${remedy}\n`;
}
