import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  multiHeadAttention,
  multiHeadAttentionParameters,
} from "../../../models/layers/multi_head_attention.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("multiHeadAttention() mixes values by the weights of the own head", async () => {
  await setUp({});
  // One channel per head. Queries are (1, 0) for all, keys as they come, values too: head 0 prefers large
  // keys by e^key, head 1 takes the mean.
  const none = tf.zeros([2, 2]);
  const parameters = {
    "qkv.kernel": tf.concat([none, tf.eye(2), tf.eye(2)], 1),
    "qkv.bias": tf.tensor1d([1, 0, 0, 0, 0, 0]),
    "out.kernel": tf.eye(2),
    "out.bias": tf.tensor1d([0, 10]),
  };
  const input = tf.tensor3d([0, 1, Math.log(3), 5], [1, 2, 2]);
  const output = multiHeadAttention(parameters, input, { heads: 2 });
  const first = 0.75 * Math.log(3);
  assertNear(output, [first, 13, first, 13], 2e-6);
});

Deno.test("multiHeadAttention() lets the caller change the weights before they mix", async () => {
  const { parameters, normal } = await setUp(multiHeadAttentionParameters({ channels: 4 }));
  const input = normal([2, 3, 4], 1);
  const seen: number[][] = [];
  const output = multiHeadAttention(parameters, input, {
    heads: 2,
    changeWeights: (weights) => {
      seen.push(weights.shape, [...tf.sum(weights, 2).dataSync()]);
      return tf.zerosLike(weights);
    },
  });
  assert.deepEqual(seen[0], [4, 3, 3]);
  for (const sum of seen[1]!) assert.ok(Math.abs(sum - 1) < 1e-6);
  // Nothing but the bias of the last layer is left.
  assertNear(output, tf.tile(tf.reshape(parameters["out.bias"]!, [1, 1, 4]), [2, 3, 1]), 0);
});
