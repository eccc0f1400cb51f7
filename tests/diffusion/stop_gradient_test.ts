import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "../../engine/register_gradients.ts";
import { stopGradient } from "../../diffusion/stop_gradient.ts";

Deno.test("stopGradient() keeps the value and takes away the gradient", async () => {
  await tf.setBackend("cpu");
  const x = tf.tensor1d([1, -2, 3]);
  assert.deepEqual([...stopGradient(x).dataSync()], [1, -2, 3]);
  // d/dx of x · stop(x) is stop(x), not 2 x.
  const slope = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(x, stopGradient(x))))(x);
  assert.deepEqual([...slope.dataSync()], [1, -2, 3]);
});
