import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createCpuEngine } from "../../../engine/cpu_engine.ts";

Deno.test("gradient of avgPool3d() divides by the elements of a window that lie inside the clip", async () => {
  await createCpuEngine();
  const clip = tf.tensor5d([3, 5, 7], [1, 3, 1, 1, 1]);
  const pool = (x: tf.Tensor) => tf.avgPool3d(x as tf.Tensor5D, [3, 1, 1], 1, "same");
  // Windows: frames 0 1, frames 0 1 2, frames 1 2.
  assert.deepEqual([...pool(clip).dataSync()], [4, 5, 6]);
  const cotangent = tf.tensor5d([2, 30, 400], [1, 3, 1, 1, 1]);
  assert.deepEqual(
    [...tf.grads(pool)([clip], cotangent)[0]!.dataSync()],
    [1 + 10, 1 + 10 + 200, 10 + 200],
  );
});

Deno.test("gradient of maxPool3d() goes to the first maximum, also of a flat window", async () => {
  await createCpuEngine();
  const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, [2, 1, 3], [2, 1, 3], "valid");
  // tfjs's own kernel takes the second frame's first element for the first frame's third.
  const clip = tf.tensor5d([1, 2, 9, 9, 0, 9], [1, 2, 1, 3, 1]);
  const [dx] = tf.grads(pool)([clip], tf.tensor5d([7], [1, 1, 1, 1, 1]));
  assert.deepEqual([...dx!.dataSync()], [0, 0, 7, 0, 0, 0]);
});
