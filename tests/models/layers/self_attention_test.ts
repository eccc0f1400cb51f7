import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { selfAttention, selfAttentionParameters } from "../../../models/layers/self_attention.ts";
import { groupNorm } from "../../../models/layers/group_norm.ts";
import { under } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("selfAttention() starts as the identity", async () => {
  const { parameters, normal } = await setUp(selfAttentionParameters(8));
  const input = normal([2, 3, 3, 8], 1);
  assertNear(selfAttention(parameters, input, { groups: 2, heads: 2 }), input, 0);
});

Deno.test("selfAttention() with equal scores adds the mean of the values", async () => {
  const { parameters, normal } = await setUp(selfAttentionParameters(4));
  const identity = tf.eye(4);
  const input = normal([1, 3, 2, 4], 1);
  const output = selfAttention(
    {
      ...parameters,
      // No queries, no keys, values as they come.
      "qkv.kernel": tf.concat([tf.zeros([4, 8]), identity], 1),
      "qkv.bias": tf.zeros([12]),
      "out.kernel": identity,
    },
    input,
    { groups: 2, heads: 2 },
  );
  const values = groupNorm(under(parameters, "norm"), input, { groups: 2 });
  assertNear(output, tf.add(input, tf.mean(values, [1, 2], true)), 1e-6);
});

Deno.test("selfAttention() looks at keys: a pixel attends to its likeness", async () => {
  const { parameters } = await setUp(selfAttentionParameters(2));
  const sharp = tf.mul(tf.eye(2), 30);
  const output = selfAttention(
    {
      ...parameters,
      "qkv.kernel": tf.concat([sharp, sharp, tf.eye(2)], 1),
      "qkv.bias": tf.zeros([6]),
      "out.kernel": tf.eye(2),
    },
    // Two pixels with opposite channels: each one's best match is itself, so the value is its own.
    tf.tensor4d([1, -1, -1, 1], [1, 1, 2, 2]),
    { groups: 1, heads: 1 },
  );
  // Normalised values are 1 / √(1 + 1e-5).
  assertNear(output, [2, -2, -2, 2], 1e-5);
});

Deno.test("selfAttention() refuses heads that do not divide the channels", async () => {
  const { parameters, normal } = await setUp(selfAttentionParameters(6));
  assert.throws(
    () => selfAttention(parameters, normal([1, 2, 2, 6], 1), { groups: 2, heads: 4 }),
    /6 channels with 4 heads/,
  );
});
