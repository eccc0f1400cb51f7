import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { guide } from "../../diffusion/guidance.ts";

Deno.test("guide() goes from the unconditional to the conditional answer, and beyond", async () => {
  await tf.setBackend("cpu");
  const [unconditional, conditional] = [tf.tensor1d([1, -2]), tf.tensor1d([2, 2])];
  const at = (scale: number | tf.Tensor) => [
    ...guide(unconditional, conditional, scale).dataSync(),
  ];
  assert.deepEqual(at(0), [1, -2]);
  assert.deepEqual(at(1), [2, 2]);
  assert.deepEqual(at(3), [4, 10]);
  assert.deepEqual(at(tf.scalar(3)), [4, 10]);
});
