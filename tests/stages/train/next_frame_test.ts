import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { Clips } from "../../../artifacts/clips.ts";
import { nextFramePreset } from "../../../models/next_frame_presets.ts";
import { nextFrameParameters } from "../../../models/next_frame.ts";
import type { StageContext } from "../../../pipelines/stage.ts";
import { makeClips } from "../../../stages/dataset/moving_mnist.ts";
import { rolloutLoss, trainNextFrame } from "../../../stages/train/next_frame.ts";
import { setUp } from "../../models/set_up.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";

type Params = StageContext<
  Parameters<typeof trainNextFrame.run>[0]["params"],
  typeof trainNextFrame.inputs
>["params"];

Deno.test("trainNextFrame lowers the loss on one batch, and moves every parameter", async () => {
  const { weights, curves } = await run({ steps: 15, batch: 2, learningRate: 2e-2, logEvery: 1 });
  const losses = curves.charts[0]!.series[0]!.points.map(([, y]) => y);
  assert.equal(losses.length, 15);
  assert.ok(losses.at(-1)! < 0.7 * losses[0]!, `losses ${losses}`);
  assert.equal(weights.model, "next_frame");
  const start = await run({ steps: 1, batch: 2, learningRate: 1e-12, weightDecay: 0 });
  for (const [name, { data }] of Object.entries(weights.parameters)) {
    const before = start.weights.parameters[name]!.data;
    assert.ok(data.some((value, i) => Math.abs(value - before[i]!) > 1e-4), `${name} stayed`);
  }
});

Deno.test("trainNextFrame keeps the whole configuration beside the weights", async () => {
  const motion = { radius: 8, layers: 1 };
  const { weights } = await run({ steps: 1, batch: 1, layers: 2, widths: [8], motion, ema: 0.9 });
  assert.deepEqual(weights.config, {
    ...nextFramePreset("tiny", 1),
    widths: [8],
    layers: 2,
    motion,
  });
  assert.deepEqual(Object.keys(weights.ema ?? {}), Object.keys(weights.parameters));
  assert.equal(weights.step, 1);
});

Deno.test("trainNextFrame reports free-running PSNR of validation clips", async () => {
  const { curves } = await run({ steps: 2, batch: 2, validateEvery: 1 }, clips("validation"));
  const chart = curves.charts.find(({ yLabel }) => yLabel === "PSNR (dB)");
  assert.deepEqual(chart?.series[0]?.points.map(([step]) => step), [1, 2]);
  for (const [, decibels] of chart?.series[0]?.points ?? []) {
    // A fresh network paints grey, about 6 dB.
    assert.ok(decibels > 4 && decibels < 14, `${decibels} dB`);
  }
});

Deno.test("trainNextFrame refuses test clips, for training and for validation", async () => {
  const test = clips("test");
  await assert.rejects(run({ steps: 1 }, undefined, test), /input "clips" .* is the test split/);
  await assert.rejects(run({ steps: 1 }, test), /input "validation" .* is the test split/);
});

Deno.test("rolloutLoss() of grey predictions is ln 2 per pixel, or a quarter of 1", async () => {
  const config = nextFramePreset("tiny", 1);
  const { parameters } = await setUp(nextFrameParameters(config));
  // No weight reaches the output: every mean is sigmoid(0).
  const grey = {
    ...parameters,
    "out.kernel": tf.zerosLike(parameters["out.kernel"]!),
    "out.bias": tf.zerosLike(parameters["out.bias"]!),
  };
  const batch = { frame0: tf.zeros([1, 16, 16, 1]), frame1: tf.ones([1, 16, 16, 1]) };
  const loss = (kind: "bce" | "mse") =>
    rolloutLoss(grey, batch, { config, kind, context: 1 }).dataSync()[0]!;
  assert.ok(Math.abs(loss("bce") - Math.LN2) < 1e-5);
  assert.ok(Math.abs(loss("mse") - 0.25) < 1e-6);
});

Deno.test("rolloutLoss() shows true frames in the context, later only to forced clips", async () => {
  const config = nextFramePreset("tiny", 1);
  const { parameters, normal } = await setUp(nextFrameParameters(config));
  const frames = [1, 2, 3, 4].map((lane) => tf.sigmoid(normal([1, 16, 16, 1], lane)));
  const batchWith = (second: tf.Tensor, forced: number) => ({
    frame0: frames[0]!,
    frame1: second,
    frame2: frames[2]!,
    frame3: frames[3]!,
    forced: tf.fill([1, 1, 1, 1], forced),
  });
  /** Whether the loss on frames 2 and 3 changes when frame 1, as an input, changes. */
  const reacts = (context: number, forced: number) => {
    const lossOf = (second: tf.Tensor) => {
      const options = { config, kind: "mse", context } as const;
      const all = rolloutLoss(parameters, batchWith(second, forced), options).dataSync()[0]! * 3;
      // The part that frame 1 has as a target, with nothing before it but frame 0.
      const target = { frame0: frames[0]!, frame1: second };
      return all - rolloutLoss(parameters, target, options).dataSync()[0]!;
    };
    return Math.abs(lossOf(frames[1]!) - lossOf(tf.zerosLike(frames[1]!))) > 1e-6;
  };
  assert.equal(reacts(2, 0), true, "context frames are shown");
  assert.equal(reacts(1, 1), true, "forced clips see true frames");
  assert.equal(reacts(1, 0), false, "other clips see their own frames");
});

function clips(split: "train" | "validation" | "test"): Clips {
  const rule = {
    digits: 1,
    motion: "deterministic",
    frames: 3,
    contextFrames: 2,
    size: 32,
    digitSize: 28,
    train: 2,
    validation: 2,
    test: 2,
  } as const;
  const bar = Uint8Array.from({ length: 28 * 28 }, (_, i) => i % 28 > 9 && i % 28 < 18 ? 255 : 0);
  return makeClips(split, rule, { pool: [bar], seed: 1n });
}

function run(params: Partial<Params>, validation?: Clips, train = clips("train")) {
  const asInput = (value: Clips) => ({ digest: "", load: () => Promise.resolve(value) });
  return trainNextFrame.run({
    // One level, because the JavaScript backend is slow at transposed convolutions.
    params: trainNextFrame.params.parse({ preset: "tiny", widths: [16], ...params }),
    inputs: { clips: asInput(train), validation: validation && asInput(validation) },
    seed: 3n,
    engine: { backend: "auto", threads: 1 },
    progress: () => {},
    warn: () => {},
    preview: () => {},
    checkpoint: new MemoryCheckpoint(),
    signal: new AbortController().signal,
    openFile: () => Promise.reject(new Error("no file is expected to be opened")),
    openFolder: () => Promise.reject(new Error("no folder is expected to be opened")),
  });
}
