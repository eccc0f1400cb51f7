import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "../../../models/layers/conv2d.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("conv2d() pads both sides alike: stride 2 reads pixels 0, 2, not 1, 3", async () => {
  await setUp({});
  // A filter that copies its centre; TensorFlow's "same" would centre on the odd pixels.
  const kernel = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [3, 3, 1, 1]);
  const input = tf.reshape(tf.range(0, 16), [1, 4, 4, 1]);
  const output = conv2d({ kernel, bias: tf.tensor1d([0.5]) }, input, 2);
  assert.deepEqual(output.shape, [1, 2, 2, 1]);
  assertNear(output, [0.5, 2.5, 8.5, 10.5], 0);
});

Deno.test("conv2d() is a cross-correlation with zeros outside", async () => {
  await setUp({});
  const kernel = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1, 1]);
  const input = tf.tensor4d([1, 10, 100, 1000], [1, 2, 2, 1]);
  const bias = tf.tensor1d([0]);
  // By hand, for example top left: 5 * 1 + 6 * 10 + 8 * 100 + 9 * 1000.
  assertNear(conv2d({ kernel, bias }, input), [9865, 8754, 6532, 5421], 0);
});

Deno.test("conv2d() with a filter of 4 and stride 2 halves the size and reads one pixel outside", async () => {
  await setUp({});
  // Only the filter's top left element: each output is the pixel up and left of its 2x2 window.
  const kernel = tf.tensor4d([1, ...new Array<number>(15).fill(0)], [4, 4, 1, 1]);
  const input = tf.reshape(tf.range(1, 17), [1, 4, 4, 1]);
  const output = conv2d({ kernel }, input, 2);
  assert.deepEqual(output.shape, [1, 2, 2, 1]);
  assertNear(output, [0, 0, 0, 6], 0);
});

Deno.test("conv2dParameters() starts as PyTorch does", () => {
  const { kernel, bias } = conv2dParameters({ inputs: 4, outputs: 7, kernel: 3 });
  assert.deepEqual(kernel, { shape: [3, 3, 4, 7], init: { kind: "uniform", bound: 1 / 6 } });
  assert.deepEqual(bias, { shape: [7], init: { kind: "uniform", bound: 1 / 6 } });
  const sizes = { inputs: 4, outputs: 7, kernel: 3, bias: false };
  assert.deepEqual(Object.keys(conv2dParameters(sizes)), ["kernel"]);
});

Deno.test("conv2dParameters() refuses an even filter that is not 4", () => {
  assert.throws(
    () => conv2dParameters({ inputs: 1, outputs: 1, kernel: 2 }),
    /the filter must be odd or 4, but is 2/,
  );
});
