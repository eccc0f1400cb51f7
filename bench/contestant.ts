/** Who is measured: our engine, or PyTorch in one memory format. Each round is a process. */

import { watchForeignLoad } from "./idle_machine.ts";
import type { Measurement, OwnMeasurement, Round } from "./measurement.ts";

export interface Task {
  readonly network: string;
  readonly steps: number;
  readonly threads: number;
}

/** PyTorch formats of images: NCHW and NHWC in memory. */
export const torchFormats = ["contiguous", "channels_last"] as const;
export type TorchFormat = typeof torchFormats[number];

/**
 * What makes PyTorch fast on few cores, found by trying: a short spin in OpenMP barriers, and
 * memory that the allocator keeps. Without them the comparison would flatter us.
 */
const torchEnvironment = {
  GOMP_SPINCOUNT: "2000",
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: "100000000000",
};

export function measureOurs(task: Task): Promise<Round<OwnMeasurement>> {
  const script = path("measure.ts");
  return measure(Deno.execPath(), ["run", "-A", "--no-check", script, ...flags(task)], {});
}

export function measureTorch(
  python: string,
  format: TorchFormat,
  task: Task,
): Promise<Round<Measurement>> {
  const script = path("peers/torch/measure.py");
  return measure(python, [script, ...flags(task), "--format", format], torchEnvironment);
}

/** The version of PyTorch that this Python has, or undefined when it has none. */
export async function torchVersion(python: string): Promise<string | undefined> {
  const code = "import torch; print(torch.__version__)";
  try {
    const { success, stdout } = await new Deno.Command(python, {
      args: ["-W", "ignore", "-c", code],
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function measure<Result extends Measurement>(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Round<Result>> {
  const foreignLoad = await watchForeignLoad();
  const child = new Deno.Command(command, {
    args: [...args],
    env,
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  const errors = new Response(child.stderr).text();
  const line = await lastLine(child.stdout);
  if (line !== undefined) {
    // Now, and not after the exit: the time that taking a process down costs is not in its own figure.
    const measurement: Result = JSON.parse(line);
    const load = await foreignLoad(measurement.cpuMs);
    if ((await child.status).success) return { measurement, foreignLoad: load };
  }
  await child.status;
  throw new Error(
    `Cannot measure with "${command} ${args.join(" ")}": it failed\n${(await errors).trim()}`,
  );
}

/** Our own scripts end with one line of JSON; it is given as soon as it is there. */
async function lastLine(output: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    text += part;
    const line = /^\{.*\}$/m.exec(text);
    if (line && text.endsWith("\n")) return line[0];
  }
  return undefined;
}

function flags({ network, steps, threads }: Task): string[] {
  return ["--network", network, "--steps", `${steps}`, "--threads", `${threads}`];
}

function path(relative: string): string {
  return new URL(relative, import.meta.url).pathname;
}
