import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { groupNorm, groupNormParameters } from "../../../models/layers/group_norm.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("groupNorm() of one group is PyTorch's GroupNorm(1)", async () => {
  const { parameters } = await setUp(groupNormParameters(1));
  const input = tf.tensor4d([1, 2, 3, 5], [1, 2, 2, 1]);
  // torch 1.13: [[-1.183213, -.507091], [.169030, 1.521274]], printed to six decimals.
  const expected = [-1.183213, -0.507091, 0.16903, 1.521274];
  assertNear(groupNorm(parameters, input, { groups: 1 }), expected, 2e-6);
});

Deno.test("groupNorm() has values and gradients of the composed form", async () => {
  const { normal } = await setUp({});
  const [x, scale, shift, dy] = [
    normal([2, 3, 5, 6], 1),
    normal([6], 2),
    normal([6], 3),
    normal([2, 3, 5, 6], 4),
  ];
  const fused = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) =>
    groupNorm({ scale, shift }, x, { groups: 2 });
  const inputs = [x, scale, shift];
  // Sums of 45 float32 products of size 1, in another order.
  assertNear(fused(x, scale, shift), composed(x, scale, shift), 2e-6);
  const expected = tf.grads(composed)(inputs, dy);
  for (const [i, gradient] of tf.grads(fused)(inputs, dy).entries()) {
    assertNear(gradient, expected[i]!, 1e-5);
  }
});

Deno.test("groupNorm() with FiLM is normalisation, times 1 + scale, plus shift", async () => {
  const { parameters, normal } = await setUp(groupNormParameters(4));
  const [x, scale, shift, dy] = [
    normal([3, 2, 2, 4], 1),
    normal([3, 4], 2),
    normal([3, 4], 3),
    normal([3, 2, 2, 4], 4),
  ];
  const fused = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) =>
    groupNorm(parameters, x, { groups: 2, film: { scale, shift } });
  const plain = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) => {
    const pixels = (t: tf.Tensor) => tf.reshape(t, [3, 1, 1, 4]);
    const normal = groupNorm(parameters, x, { groups: 2 });
    return tf.add(tf.mul(normal, tf.add(pixels(scale), 1)), pixels(shift));
  };
  const inputs = [x, scale, shift];
  assertNear(fused(x, scale, shift), plain(x, scale, shift), 1e-6);
  const expected = tf.grads(plain)(inputs, dy);
  for (const [i, gradient] of tf.grads(fused)(inputs, dy).entries()) {
    assertNear(gradient, expected[i]!, 1e-5);
  }
});

Deno.test("groupNorm() stays finite where rounding would make the variance negative", async () => {
  const { parameters } = await setUp(groupNormParameters(2));
  // Constant 1000.1: E[x²] − E[x]² is about ±0.06 in float32, and 0 in truth.
  const output = groupNorm(parameters, tf.fill([1, 7, 9, 2], 1000.1), { groups: 1 });
  assert.ok(output.dataSync().every(Number.isFinite));
});

Deno.test("groupNorm() refuses groups that do not divide the channels", async () => {
  const { parameters, normal } = await setUp(groupNormParameters(6));
  assert.throws(
    () => groupNorm(parameters, normal([1, 2, 2, 6], 1), { groups: 4 }),
    /Cannot normalise 6 channels in 4 groups/,
  );
});

/** Two groups, with tf.moments and the tape's own derivatives. */
function composed(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const grouped = tf.reshape(x, [batch, height * width, 2, channels / 2]);
  const { mean, variance } = tf.moments(grouped, [1, 3], true);
  const normal = tf.div(tf.sub(grouped, mean), tf.sqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(tf.reshape(normal, x.shape), scale), shift);
}
