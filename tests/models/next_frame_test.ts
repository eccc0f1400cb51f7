import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { initialHidden, nextFrame, nextFrameParameters } from "../../models/next_frame.ts";
import { nextFramePreset, nextFramePresetIds } from "../../models/next_frame_presets.ts";
import { countParameters } from "../../models/parameters.ts";
import { setUp } from "./set_up.ts";

const tiny = nextFramePreset("tiny", 1);
const size = { batch: 2, height: 32, width: 48 };

Deno.test("nextFrameParameters() of the paper preset counts as HistoryNet", () => {
  // Counted in the official code with torch, d = 48: 5,115,265 for one channel, 5,117,091 for three.
  assert.equal(countParameters(nextFrameParameters(nextFramePreset("paper", 1))), 5_115_265);
  assert.equal(countParameters(nextFrameParameters(nextFramePreset("paper", 3))), 5_117_091);
});

Deno.test("nextFrame() remembers: the same frame twice gives different predictions", async () => {
  const { parameters, frame } = await prepare();
  const first = nextFrame(parameters, tiny, frame, initialHidden(tiny, size));
  const second = nextFrame(parameters, tiny, frame, first.hidden);
  const difference = tf.max(tf.abs(tf.sub(first.mean, second.mean))).dataSync()[0]!;
  assert.ok(difference > 1e-3, `largest difference ${difference}`);
});

Deno.test("nextFrame() treats each clip of a batch alone", async () => {
  const { parameters, frame } = await prepare();
  const both = nextFrame(parameters, tiny, frame, initialHidden(tiny, size));
  const alone = nextFrame(
    parameters,
    tiny,
    tf.slice(frame, [1], [1]),
    initialHidden(tiny, { ...size, batch: 1 }),
  );
  const second = tf.slice(both.mean, [1], [1]);
  assert.deepEqual(second.dataSync(), alone.mean.dataSync());
});

Deno.test("nextFrame() of every preset keeps shapes, and means lie in [0, 1]", async () => {
  for (const preset of nextFramePresetIds.filter((id) => id !== "paper")) {
    const config = nextFramePreset(preset, 3);
    const { parameters, normal } = await setUp(nextFrameParameters(config));
    const frame = tf.sigmoid(normal([2, 32, 48, 3], 1));
    const { mean, hidden, features } = nextFrame(
      parameters,
      config,
      frame,
      initialHidden(config, size),
    );
    assert.deepEqual(mean.shape, frame.shape);
    assert.ok(mean.dataSync().every((value) => value >= 0 && value <= 1));
    assert.deepEqual(
      features.map(({ shape }) => shape),
      config.widths.map((width, i) => {
        const scale = config.patch * 2 ** i;
        return [2, 32 / scale, 48 / scale, width];
      }),
    );
    assert.deepEqual(
      Object.fromEntries(Object.entries(hidden).map(([name, { shape }]) => [name, shape])),
      Object.fromEntries(
        Object.entries(initialHidden(config, size)).map(([name, { shape }]) => [name, shape]),
      ),
    );
  }
});

Deno.test("nextFrame() uses every parameter within two frames", async () => {
  const { parameters, frame, normal } = await prepare();
  const names = Object.keys(parameters);
  const loss = (...tensors: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const first = nextFrame(named, tiny, frame, initialHidden(tiny, size));
    return nextFrame(named, tiny, frame, first.hidden).mean;
  };
  const gradients = tf.grads(loss)(names.map((name) => parameters[name]!), normal(frame.shape, 2));
  for (const [i, gradient] of gradients.entries()) {
    const largest = tf.max(tf.abs(gradient)).dataSync()[0]!;
    assert.ok(largest > 0 && Number.isFinite(largest), `${names[i]}: ${largest}`);
  }
});

Deno.test("nextFrame() that moves layers remembers the frame, and uses every parameter", async () => {
  const config = { ...nextFramePreset("small", 1), widths: [16] };
  const { parameters, normal } = await setUp(nextFrameParameters(config));
  const frames = [1, 2, 3].map((lane) => tf.sigmoid(normal([2, 32, 48, 1], lane)));
  const names = Object.keys(parameters);
  const loss = (...tensors: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const first = nextFrame(named, config, frames[0]!, initialHidden(config, size));
    return nextFrame(named, config, frames[1]!, first.hidden).mean;
  };
  const values = names.map((name) => parameters[name]!);
  for (const [i, gradient] of tf.grads(loss)(values, frames[2]!).entries()) {
    const largest = tf.max(tf.abs(gradient)).dataSync()[0]!;
    assert.ok(largest > 0 && Number.isFinite(largest), `${names[i]}: ${largest}`);
  }
  const first = nextFrame(parameters, config, frames[0]!, initialHidden(config, size));
  assert.deepEqual(first.hidden["previous"]!.dataSync(), frames[0]!.dataSync());
});

Deno.test("initialHidden() refuses sides that the levels cannot halve", () => {
  assert.throws(
    () => initialHidden(tiny, { batch: 1, height: 40, width: 64 }),
    /frames of 40x64 pixels: 16 must divide both sides \(patch 8, 2 levels\)/,
  );
});

Deno.test("nextFrame() without a state that it needs names it", async () => {
  const { parameters, frame } = await prepare();
  assert.throws(() => nextFrame(parameters, tiny, frame, {}), /state "level0_layer0" is missing/);
});

async function prepare() {
  const { parameters, normal } = await setUp(nextFrameParameters(tiny));
  return { parameters, normal, frame: tf.sigmoid(normal([2, 32, 48, 1], 1)) };
}
