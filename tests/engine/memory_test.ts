import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { smallBatch, smallFactors, smallState, smallStep } from "../support/small_training.ts";

Deno.test("500 training steps leave memory as it was", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const step = smallStep(engine);
  const batch = smallBatch();
  let state = smallState();
  const census = () => ({
    ...engine.memory(),
    dataIds: tf.engine().backend.numDataIds(),
    bytes: tf.memory().numBytes,
  });
  const rss: { readonly step: number; readonly megabytes: number }[] = [];
  let before: unknown;
  for (let k = 1; k <= 500; k++) {
    const factors = smallFactors(k);
    const result = await step(state, batch, factors);
    state = result.state;
    tf.dispose([factors, result.loss]);
    if (k === 10) before = census();
    if (k > 100) rss.push({ step: k, megabytes: Deno.memoryUsage().rss / 2 ** 20 });
  }
  assert.deepEqual(census(), before);
  // The state alone is 125 kB a step, 50 MB over the steps that are fitted; the garbage collector's
  // rhythm moves the slope by less than 5 kB.
  assert.ok(slope(rss) < 0.02, `RSS grows by ${slope(rss) * 1000} kB a step`);
  tf.dispose([state, batch]);
  step.dispose();
  engine.dispose();
});

Deno.test("disposing programs, tensors and the engine gives everything back", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const before = engine.memory();
  const step = smallStep(engine);
  const batch = smallBatch();
  const factors = smallFactors(1);
  const { state, loss } = await step(smallState(), batch, factors);
  assert.ok(engine.memory().sessions > before.sessions);
  assert.ok(engine.memory().nativeValues > before.nativeValues);
  tf.dispose([state, loss, batch, factors]);
  step.dispose();
  engine.dispose();
  await new Promise((resolve) => setTimeout(resolve, 0)); // Sessions are released when they are free.
  assert.deepEqual(engine.memory(), before);
});

Deno.test("eager kernels keep no tensors", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const run = () =>
    tf.tidy(() => {
      const x = tf.ones([2, 8, 8, 16]) as tf.Tensor4D;
      return tf.sum(tf.relu(tf.conv2d(x, tf.ones([3, 3, 16, 16]), 1, "same"))).dataSync()[0];
    });
  run();
  const before = { ...engine.memory(), dataIds: tf.engine().backend.numDataIds() };
  for (let i = 0; i < 50; i++) run();
  assert.deepEqual({ ...engine.memory(), dataIds: tf.engine().backend.numDataIds() }, before);
  engine.dispose();
});

/** Least-squares slope, megabytes per step. */
function slope(points: readonly { readonly step: number; readonly megabytes: number }[]): number {
  const mean = (of: (point: typeof points[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanStep = mean(({ step }) => step);
  const meanSize = mean(({ megabytes }) => megabytes);
  return mean(({ step, megabytes }) => (step - meanStep) * (megabytes - meanSize)) /
    mean(({ step }) => (step - meanStep) ** 2);
}
