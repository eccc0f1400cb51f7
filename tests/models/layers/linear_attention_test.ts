import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  linearAttention,
  linearAttentionParameters,
} from "../../../models/layers/linear_attention.ts";
import { setUp } from "../set_up.ts";

Deno.test("linearAttention() does not care how pixels are ordered", async () => {
  const { parameters, normal } = await setUp(linearAttentionParameters(8));
  const input = normal([2, 3, 4, 8], 1);
  const turned = (x: tf.Tensor) => tf.reverse(x, [1, 2]);
  const difference = tf.sub(
    turned(linearAttention(parameters, input)),
    linearAttention(parameters, turned(input)),
  );
  // Sums over 12 pixels in another order: float32 rounding.
  assert.ok((tf.max(tf.abs(difference)).dataSync()[0] ?? 1) < 1e-6);
});

Deno.test("linearAttention() of pixels that are all alike adds out(value) to each", async () => {
  // Equal keys give weights 1 / tokens, so context = (1 / tokens) Σ 1ᵀ v per head, and q·context = Σ_d q_d v.
  const { parameters, normal } = await setUp(linearAttentionParameters(8));
  const pixel = normal([1, 1, 1, 8], 1);
  const one = linearAttention(parameters, pixel);
  const many = linearAttention(parameters, tf.tile(pixel, [1, 4, 5, 1]));
  const difference = tf.max(tf.abs(tf.sub(many, one))).dataSync()[0] ?? 1;
  // float32 rounding of a sum of 20 equal terms.
  assert.ok(difference < 1e-6, `differs by ${difference}`);
});
