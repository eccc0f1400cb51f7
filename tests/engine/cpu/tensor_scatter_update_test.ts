import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createCpuEngine } from "../../../engine/cpu_engine.ts";

Deno.test("tensorScatterUpdate() leaves its input as it was", async () => {
  await createCpuEngine();
  const x = tf.tensor1d([1, 2, 3]);
  const y = tf.tensorScatterUpdate(x, tf.tensor2d([[1]], [1, 1], "int32"), tf.tensor1d([9]));
  assert.deepEqual([...y.dataSync()], [1, 9, 3]);
  assert.deepEqual([...x.dataSync()], [1, 2, 3]);
});
