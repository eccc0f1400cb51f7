/**
 * Times the training step of one reference network in this process and prints one line of JSON.
 *
 * A process for each measurement, because peak memory is a property of the process.
 * Usage: deno run -A bench/measure.ts --network a|b|c --steps N --threads N
 */

import process from "node:process";
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../engine/create_engine.ts";
import { adamw } from "../training/adamw.ts";
import { disposeAll, toDevice } from "../training/host_tensor.ts";
import { initialise } from "../training/initialise.ts";
import { type StepFactors, type StepState, trainingStep } from "../training/training_step.ts";
import type { NamedArrays } from "../artifacts/weights.ts";
import { countFlops } from "./count_flops.ts";
import type { OwnMeasurement } from "./measurement.ts";
import type { Network } from "./networks/network.ts";
import { networks } from "./networks/mod.ts";

const optimiser = adamw({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
const learningRate = 1e-3;

const { values } = parseArgs({
  options: {
    network: { type: "string" },
    steps: { type: "string" },
    threads: { type: "string" },
  },
});
const network = networks.find(({ id }) => id === values.network);
if (network === undefined) {
  const known = networks.map(({ id }) => id).join(", ");
  throw new RangeError(`Cannot measure network "${values.network}": there are ${known}`);
}
const measurement = await measure(network, Number(values.steps), Number(values.threads));
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(measurement) + "\n"));

async function measure(
  { specs, loss, batch }: Network,
  steps: number,
  threads: number,
): Promise<OwnMeasurement> {
  const engine = await createEngine({ backend: "onnx", threads });
  const program = engine.jit(
    (state: StepState, data: Readonly<Record<string, tf.Tensor>>, factors: StepFactors) => {
      const result = trainingStep(loss, { optimiser, clipNorm: null }, state, data, factors);
      // Without the gradient norm, which PyTorch's step does not compute either.
      return { state: result.state, loss: result.loss };
    },
    { name: "training step", donate: [0] },
  );
  let state = firstState(initialise(specs, 417n));
  const data = toDevice(batch);
  const firstStart = performance.now();
  const first = factorsOf(1);
  const flops = await countFlops("onnx", () => program.inspect(state, data, first));
  const info = await program.inspect(state, data, first);
  disposeAll(first);
  const losses: number[] = [];
  const stepsMs: number[] = [];
  let firstMs = 0;
  let cpuBefore = 0;
  for (let k = 1; k <= steps + 2; k++) {
    // The first two steps allocate, as in the peers' scripts.
    if (k === 3) cpuBefore = cpuMs();
    const start = performance.now();
    const factors = factorsOf(k);
    const result = await program(state, data, factors);
    state = result.state;
    losses.push((await result.loss.data())[0]!);
    result.loss.dispose();
    disposeAll(factors);
    const end = performance.now();
    if (k === 1) firstMs = end - firstStart;
    if (k > 2) stepsMs.push(end - start);
  }
  const stepCpuMs = (cpuMs() - cpuBefore) / steps;
  return {
    version: engine.info.version,
    blockSize: engine.info.blockSize,
    parameters: Object.values(state.parameters).reduce((sum, { size }) => sum + size, 0),
    gflop: flops / 1e9,
    firstMs,
    stepsMs,
    traceMs: info.traceMs,
    encodeMs: info.encodeMs,
    sessionMs: info.sessionMs,
    nodeCount: info.nodeCount,
    firstLoss: losses[0]!,
    lastLoss: losses.at(-1)!,
    peakRssMb: peakRssMb(),
    cpuMs: cpuMs(),
    stepCpuMs,
  };
}

function firstState(arrays: NamedArrays): StepState {
  const zeros: NamedArrays = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]),
  );
  const copies: NamedArrays = Object.fromEntries(
    Object.entries(zeros).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  return {
    parameters: toDevice(arrays),
    buffers: {},
    slots: { mean: toDevice(zeros), square: toDevice(copies) },
    ema: {},
  };
}

function factorsOf(k: number): StepFactors {
  const factors = Object.entries(optimiser.factors(k, learningRate));
  return {
    optimiser: Object.fromEntries(factors.map(([name, value]) => [name, tf.scalar(value)])),
    oneMinusEmaDecay: tf.scalar(0),
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The most memory the process has held, where the system tells; else what it holds now. */
function peakRssMb(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    const peak = status.match(/VmHWM:\s+(\d+)/)?.[1];
    if (peak !== undefined) return Number(peak) / 1024;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Deno.memoryUsage().rss / 2 ** 20;
}
