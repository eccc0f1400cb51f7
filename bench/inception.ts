/**
 * Times Inception-v3's features of 64x64 images, and the same network in PyTorch eager where there is a
 * Python that has it. Rounds are interleaved; the median and the best round are printed.
 *
 * Usage: deno run -A bench/inception.ts [--batch 16] [--rounds 5] [--threads N] [--python python3]
 */

import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../engine/create_engine.ts";
import { inceptionFeatures, inceptionParameters } from "../models/inception_v3.ts";
import type { Parameters } from "../models/parameters.ts";
import { toDevice } from "../training/host_tensor.ts";
import { initialise } from "../training/initialise.ts";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "16" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: `${navigator.hardwareConcurrency}` },
    python: { type: "string", default: "python3" },
  },
});
const [batch, rounds, threads] = [values.batch, values.rounds, values.threads].map(Number);

const engine = await createEngine({ backend: "onnx", threads: threads! });
const parameters = toDevice(initialise(inceptionParameters(), 1n));
const images = tf.tensor(
  Float32Array.from({ length: batch! * 64 * 64 * 3 }, (_, i) => (i % 255) / 255),
  [batch!, 64, 64, 3],
);
const program = engine.jit((parameters: Parameters, { images }: Parameters) =>
  inceptionFeatures(parameters, images!, { resize: "pytorch", layer: 2048 })
);
const times: Record<string, number[]> = { ours: [], torch: [] };
await ours();
for (let round = 0; round < rounds!; round++) {
  times["ours"]!.push(await ours());
  times["torch"]!.push(...await torch());
}
for (const [name, seconds] of Object.entries(times)) {
  seconds.sort((a, b) => a - b);
  const perSecond = (time: number | undefined) =>
    time === undefined ? "-" : (batch! / time).toFixed(1);
  // deno-lint-ignore no-console -- a program for a person
  console.log(
    `${name}: median ${perSecond(seconds[seconds.length >> 1])} images/s, ` +
      `best ${perSecond(seconds[0])} images/s`,
  );
}

async function ours(): Promise<number> {
  const started = performance.now();
  const features = await program(parameters, { images });
  await features.data();
  features.dispose();
  return (performance.now() - started) / 1000;
}

/** The times of one process: empty without PyTorch. */
async function torch(): Promise<number[]> {
  const script = new URL("./peers/torch/time_inception.py", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(values.python, {
    args: [script, `${batch}`, `${threads}`],
    stderr: "null",
  }).output();
  return success ? JSON.parse(new TextDecoder().decode(stdout)) : [];
}
