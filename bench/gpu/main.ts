/**
 * Times training steps of the reference networks on a GPU: our backends and PyTorch on CUDA, in turns.
 *
 * Never run on a GPU yet (docs/backends.md). Usage: deno task bench:gpu [--only a,b] [--backends webgpu,cuda]
 * [--python /path/to/python3] [--rounds 5] [--steps 20] [--device cuda|cpu]
 */

import { parseArgs } from "node:util";
import { findNetwork } from "../networks/mod.ts";
import { encodeProblem } from "../problem.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "a,b,c,d,e" },
    backends: { type: "string", default: "webgpu,cuda" },
    python: { type: "string", default: Deno.env.get("ZOETROPE_BENCH_PYTHON") ?? "python3" },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "20" },
    device: { type: "string", default: "cuda" },
  },
});

interface Measured {
  readonly version: string;
  readonly losses: readonly number[];
  readonly stepsMs: readonly number[];
}

interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const folder = await Deno.makeTempDir();
try {
  for (const id of values.only.split(",")) {
    const problem = `${folder}/${id}.safetensors`;
    await Deno.writeFile(problem, encodeProblem(findNetwork(id)));
    await benchNetwork(id, problem);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function benchNetwork(id: string, problem: string): Promise<void> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contestant of contestants(id, problem)) {
      const measured = await run(contestant);
      if (measured === undefined) continue;
      const { version, losses, stepsMs } = measured;
      if (round === 0) print(`${id}  ${contestant.name}  ${version}  losses ${losses.join(" ")}`);
      times.set(contestant.name, [...times.get(contestant.name) ?? [], median(stepsMs)]);
    }
  }
  for (const [name, each] of times) {
    print(
      `${id}  ${name.padEnd(14)} ${median(each).toFixed(2)} ms a step, median of ${each.length}`,
    );
  }
}

function contestants(id: string, problem: string): Contestant[] {
  const [script, torch] = ["measure.ts", "measure_torch.py"].map((file) =>
    new URL(file, import.meta.url).pathname
  );
  const own = values.backends.split(",").map((backend): Contestant => ({
    name: backend,
    program: Deno.execPath(),
    args: ["run", "-A", script!, "--backend", backend, "--network", id, "--steps", values.steps],
  }));
  const peer = (name: string, ...more: string[]): Contestant => ({
    name,
    program: values.python,
    args: [
      torch!,
      ...["--network", id, "--problem", problem],
      ...["--steps", values.steps, "--device", values.device],
      ...more,
    ],
  });
  return [...own, peer("torch"), peer("torch compiled", "--compile"), peer("torch tf32", "--tf32")];
}

/** Undefined, with a line that says why, when the contestant cannot take part. */
async function run({ name, program, args }: Contestant): Promise<Measured | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] })
      .output();
    const [output, errors] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes).trim()
    );
    if (success) return JSON.parse(output!.split("\n").at(-1)!);
    print(`${name} cannot take part: ${errors!.split("\n").at(-1)}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    print(`${name} cannot take part: there is no ${program}`);
  }
  return undefined;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
