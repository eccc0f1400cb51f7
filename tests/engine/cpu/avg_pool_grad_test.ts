import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createCpuEngine } from "../../../engine/cpu_engine.ts";

Deno.test("gradient of avgPool() divides by the pixels of a window that lie inside the image", async () => {
  await createCpuEngine();
  const image = tf.tensor4d([3, 5, 7], [1, 1, 3, 1]);
  const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, [1, 3], 1, "same");
  // Windows: pixels 0 1, pixels 0 1 2, pixels 1 2.
  assert.deepEqual([...pool(image).dataSync()], [4, 5, 6]);
  const cotangent = tf.tensor4d([2, 30, 400], [1, 1, 3, 1]);
  assert.deepEqual(
    [...tf.grads(pool)([image], cotangent)[0]!.dataSync()],
    [1 + 10, 1 + 10 + 200, 10 + 200],
  );
});
