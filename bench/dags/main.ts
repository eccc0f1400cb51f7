/**
 * Times the runner on synthetic pipelines, and beside it Snakemake, DVC and wireit where they are there.
 *
 * Usage: deno task bench:dags [--rounds 5] [--sizes 10,100,1000] [--plan 1000,10000] [--shape grid]
 *        [--python <bin of a virtual environment>] [--wireit <folder with node_modules>]
 *        [--patience 120] [--hash-mib 1024] [--json <file>]
 */

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { waitForIdle } from "../idle_machine.ts";
import { type Quantiles, quantiles } from "../measurement.ts";
import { makeDag, type Shape, shapes } from "./dag.ts";
import { writeOwnConfig } from "./own_config.ts";
import { findPeers, type Peer } from "./peers.ts";
import { type Command, runOnce, timeInTurn, type Timing } from "./time_command.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    sizes: { type: "string", default: "10,100,1000" },
    plan: { type: "string", default: "1000,10000" },
    shape: { type: "string", default: "grid" },
    python: { type: "string" },
    wireit: { type: "string" },
    patience: { type: "string", default: "120" },
    "hash-mib": { type: "string", default: "1024" },
    json: { type: "string" },
  },
});
const rounds = wholes("rounds", values.rounds)[0] ?? 1;
const patienceMs = (wholes("patience", values.patience)[0] ?? 1) * 1000;
const results: Record<string, unknown> = {};

const denoFlags = [
  "run",
  "-A",
  "--quiet",
  "--no-check",
  "--cached-only",
  "--node-modules-dir=manual",
];

const ownRun: Command = {
  program: Deno.execPath(),
  args: [...denoFlags, new URL("program.ts", import.meta.url).pathname, "run", "config.yaml"],
};

const root = await Deno.makeTempDir({ prefix: "zoetrope-dags-" });
try {
  await bench();
} finally {
  await Deno.remove(root, { recursive: true });
}

async function bench(): Promise<void> {
  const { peers, absent } = await findPeers({ python: values.python, wireit: values.wireit });
  const machine = `${cpus()[0]?.model.trim()}, ${navigator.hardwareConcurrency} cores`;
  const versions = [
    `Deno ${Deno.version.deno}`,
    ...peers.map((each) => `${each.name} ${each.version}`),
  ];
  print(`${machine}; ${versions.join("; ")}; ${rounds} rounds, medians (minima)`);
  absent.forEach(print);
  const isIdle = await waitForIdle(20_000);
  if (!isIdle) print("warning: other processes use this machine: believe ratios and minima only");
  Object.assign(results, { machine, versions, rounds, isIdle });
  await benchNothingToDo(peers);
  await benchRealStages();
  await benchPlan();
  await benchOverhead();
  await benchHashing();
  if (values.json !== undefined) {
    await Deno.writeTextFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  }
}

/** Nothing to do: every result is there. */
async function benchNothingToDo(peers: readonly Peer[]): Promise<void> {
  print(`\nnothing to do, ${values.shape}`);
  const rows: object[] = [];
  for (const size of wholes("sizes", values.sizes)) {
    const dag = makeDag(shapeOf(values.shape), size);
    const own = await newFolder();
    writeOwnConfig(dag, own);
    const fill = await measureOwn<{ ran: number; time: number }>("fill", own);
    // A status proves nothing about a file that was written within the last two seconds.
    await pause(2500);
    await runOnce(ownRun, own, patienceMs);
    const contestants = [{ name: "ours", command: ownRun, cwd: own, firstMs: fill.time }];
    for (const peer of peers) {
      const cwd = await newFolder();
      await peer.prepare(dag, cwd);
      const firstMs = await runOnce(peer.run, cwd, patienceMs);
      if (firstMs === undefined) {
        print(
          `  ${peer.name} at ${dag.stages.length}: its first run takes longer than ${
            patienceMs / 1000
          } s`,
        );
      } else contestants.push({ name: peer.name, command: peer.run, cwd, firstMs });
    }
    const timings = await timeInTurn(contestants, rounds, patienceMs);
    const ours = medianOf(timings[0]);
    for (const [i, { name, firstMs }] of contestants.entries()) {
      const timing = timings[i];
      const ratio = ours !== undefined && medianOf(timing) !== undefined
        ? `  ${(ours / medianOf(timing)!).toFixed(3)} of it`
        : "";
      const label = `${name} at ${dag.stages.length}`.padEnd(18);
      print(
        `  ${label} ${show(timing)}  first run ${(firstMs / 1000).toFixed(1)} s${
          i > 0 ? ratio : ""
        }`,
      );
      rows.push({ name, stages: dag.stages.length, timing, firstMs });
    }
  }
  results["nothingToDo"] = rows;
}

/** Ten stages of the real table, which brings tensor libraries along. */
async function benchRealStages(): Promise<void> {
  const cwd = await newFolder();
  const small = "validation: 1, test: 1, frames: 2, contextFrames: 1";
  const lines = Array.from(
    { length: 10 },
    (_, i) => `  s${i}: { uses: dataset/moving_mnist, with: { train: ${i + 1}, ${small} } }\n`,
  );
  await Deno.writeTextFile(`${cwd}/config.yaml`, `name: real\nstages:\n${lines.join("")}`);
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const own = (...args: string[]): Command => ({
    program: Deno.execPath(),
    args: [...denoFlags, main, ...args],
  });
  const firstMs = await runOnce(own("run", "config.yaml"), cwd, patienceMs) ?? NaN;
  await pause(2500);
  await runOnce(own("run", "config.yaml"), cwd, patienceMs);
  const commands = [own("run", "config.yaml"), own("plan", "config.yaml"), own("--version")];
  const timings = await timeInTurn(
    commands.map((command) => ({ command, cwd })),
    2 * rounds,
    patienceMs,
  );
  const [run, plan, version] = timings;
  print(
    `\nten real stages, all cached: run ${show(run)}  plan ${show(plan)}  --version ${
      show(version)
    }`,
  );
  print(`  each as a process, computing included: ${ms(firstMs / 10)}`);
  results["realStages"] = { run, plan, version, firstMs };
}

/** Reading, checking and forecasting a pipeline that was never run. */
async function benchPlan(): Promise<void> {
  const sizes = wholes("plan", values.plan);
  const rows: object[] = [];
  for (const shape of shapes) {
    const medians: [count: number, median: number][] = [];
    for (const size of sizes) {
      const folder = await newFolder();
      writeOwnConfig(makeDag(shape, size), folder);
      const { stages, times, rssMb } = await measureOwn<{
        stages: number;
        times: number[];
        rssMb: number;
      }>("plan", folder);
      const timing = quantiles(times);
      medians.push([stages, timing.median]);
      rows.push({ shape, stages, timing, rssMb });
    }
    const [first, last] = [medians[0], medians.at(-1)];
    if (first === undefined || last === undefined) continue;
    const text = medians.map(([count, median]) => `${count}: ${ms(median)}`).join("  ");
    const growth = last[1] / first[1] / (last[0] / first[0]);
    print(
      `${shape === shapes[0] ? "\nplan\n" : ""}  ${shape.padEnd(8)} ${text}  ` +
        `time per stage grows by ${growth.toFixed(2)}`,
    );
  }
  results["plan"] = rows;
}

/** What a run adds to a stage that does nothing. */
async function benchOverhead(): Promise<void> {
  print("\noverhead of a trivial stage, chain");
  for (
    const [what, verb, count] of [["in process", "fill", 200], [
      "as process",
      "process",
      20,
    ]] as const
  ) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const folder = await newFolder();
      writeOwnConfig(makeDag("chain", count), folder);
      const { ran, time } = await measureOwn<{ ran: number; time: number }>(verb, folder);
      times.push(time / ran);
    }
    const timing = { ...quantiles(times), runs: times.length };
    print(`  ${what}  ${show(timing)}`);
    results[verb === "fill" ? "inProcess" : "asProcess"] = timing;
  }
}

async function benchHashing(): Promise<void> {
  const folder = await newFolder();
  const mebibytes = wholes("hash-mib", values["hash-mib"])[0] ?? 1;
  const piece = Uint8Array.from({ length: 2 ** 20 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  using file = await Deno.open(`${folder}/large.bin`, { write: true, create: true });
  for (let i = 0; i < mebibytes; i++) {
    piece[0] = i;
    await file.write(piece);
  }
  const { bytes, times, again } = await measureOwn<{
    bytes: number;
    times: number[];
    again: { time: number; bytesRead: number };
  }>("hash", folder);
  const timing = quantiles(times);
  const rate = (time: number) => `${(bytes / time / 1e6).toFixed(2)} GB/s`;
  print(`\nhashing ${mebibytes} MiB: ${rate(timing.median)} (best ${rate(timing.min)})`);
  print(`  again: ${ms(again.time)}, ${again.bytesRead} bytes read`);
  results["hashing"] = { bytes, timing, again };
}

async function measureOwn<Result>(what: string, folder: string): Promise<Result> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...denoFlags, new URL("measure_own.ts", import.meta.url).pathname, what, folder],
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  throw new Error(`Cannot measure ${what}: ${new TextDecoder().decode(stderr)}`);
}

function medianOf(timing: Timing | undefined): number | undefined {
  return timing === undefined || timing === "too slow" ? undefined : timing.median;
}

function show(timing: Timing | Quantiles | undefined): string {
  if (timing === undefined || timing === "too slow") return "too slow";
  return `${ms(timing.median)} (${ms(timing.min).trim()})`;
}

function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`.padStart(8);
}

function newFolder(): Promise<string> {
  return Deno.makeTempDir({ dir: root });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function shapeOf(text: string): Shape {
  const found = shapes.find((shape) => shape === text);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot bench shape "${text}": there are ${shapes.join(", ")}`);
}

function wholes(name: string, text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((value) => Number.isInteger(value) && value > 0)) return numbers;
  throw new RangeError(`Cannot bench: --${name} must be whole numbers above 0, but is "${text}"`);
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
