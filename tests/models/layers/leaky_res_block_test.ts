import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { countParameters } from "../../../models/parameters.ts";
import { leakyResBlock, leakyResBlockParameters } from "../../../models/layers/leaky_res_block.ts";
import { setUp } from "../set_up.ts";

Deno.test("leakyResBlockParameters() counts as the original's ResnetBlock", () => {
  // 3x3 weights and biases, two affine pairs, 1x1 shortcut, Linear(5, 16).
  const count = 9 * 8 * 16 + 16 + 9 * 16 * 16 + 16 + 4 * 16 + 8 * 16 + 16 + 5 * 16 + 16;
  assert.equal(
    countParameters(leakyResBlockParameters({ inputs: 8, outputs: 16, embedding: 5 })),
    count,
  );
});

Deno.test("leakyResBlock() normalises in 8 groups and leaks 0.2", async () => {
  const { parameters, normal } = await setUp(leakyResBlockParameters({ inputs: 16, outputs: 16 }));
  const input = normal([1, 4, 4, 16], 1);
  const branch = tf.sub(leakyResBlock(parameters, input), input);
  // Undo LeakyReLU; then each group of 2 channels over 16 pixels has mean 0 and variance 1.
  const normed = tf.where(tf.greater(branch, 0), branch, tf.div(branch, 0.2));
  const groups = tf.reshape(normed, [16, 8, 2]);
  const { mean, variance } = tf.moments(groups, [0, 2]);
  for (const value of mean.dataSync()) assert.ok(Math.abs(value) < 1e-4, `mean ${value}`);
  for (const value of variance.dataSync()) {
    assert.ok(Math.abs(value - 1) < 2e-3, `variance ${value}`);
  }
});
