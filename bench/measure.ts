/**
 * Our engine as a contestant: compiles one reference network, then answers each number of steps on its input
 * with that many times, all in lines of JSON. A process of its own, because peak memory is a process's.
 *
 * Usage: deno run -A bench/measure.ts --network a|... --threads N [--block 16|8|0] [--no-avx512]
 */

import { parseArgs } from "node:util";
import { createEngine } from "../engine/create_engine.ts";
import { countFlops } from "./count_flops.ts";
import { forbidAvx512 } from "./forbid_avx512.ts";
import { linesOf } from "./lines.ts";
import type { Ready, Times } from "./measurement.ts";
import { findNetwork } from "./networks/mod.ts";
import { parameterCount } from "./networks/network.ts";
import { cpuMs, peakRssMb } from "./process_usage.ts";
import { stepsOf } from "./training_program.ts";

const { values } = parseArgs({
  options: {
    network: { type: "string", default: "" },
    threads: { type: "string", default: "1" },
    block: { type: "string" },
    "no-avx512": { type: "boolean", default: false },
  },
});
const network = findNetwork(values.network);
if (values["no-avx512"]) forbidAvx512();
const engine = await createEngine({
  backend: "onnx",
  threads: Number(values.threads),
  ...(values.block === undefined ? {} : { blockSize: blockSizeOf(values.block) }),
});
const program = stepsOf(engine, network);

const start = performance.now();
const flops = await countFlops("onnx", () => program.inspect());
const { traceMs, encodeMs, sessionMs, nodeCount } = await program.inspect();
const losses: number[] = [];
let [firstMs, stepMs] = [0, 0];
for (let k = 0; k < 3; k++) {
  // The first step compiles, the second one allocates.
  const begin = k === 0 ? start : performance.now();
  const lossOf = await program.step();
  stepMs = performance.now() - begin;
  firstMs ||= stepMs;
  losses.push(lossOf());
}
say(
  {
    version: engine.info.version,
    parameters: parameterCount(network),
    firstMs,
    stepMs,
    losses,
    own: {
      blockSize: engine.info.blockSize,
      gflop: flops / 1e9,
      traceMs,
      encodeMs,
      sessionMs,
      nodeCount,
    },
  } satisfies Ready,
);
for await (const line of linesOf(Deno.stdin.readable)) {
  const count = Number(line);
  const cpuAtRequest = cpuMs();
  // What the other contestants threw out of the caches comes back untimed.
  await program.step();
  const cpuBefore = cpuMs();
  const stepsMs: number[] = [];
  for (let k = 0; k < count; k++) {
    const begin = performance.now();
    await program.step();
    stepsMs.push(performance.now() - begin);
  }
  const stepCpuMs = (cpuMs() - cpuBefore) / count;
  say(
    { stepsMs, stepCpuMs, cpuMs: cpuMs() - cpuAtRequest, peakRssMb: peakRssMb() } satisfies Times,
  );
}

function blockSizeOf(text: string): 0 | 8 | 16 {
  const found = ([0, 8, 16] as const).find((size) => `${size}` === text);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot measure: --block must be 0, 8 or 16, but is "${text}"`);
}

function say(facts: Ready | Times): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(facts) + "\n"));
}
