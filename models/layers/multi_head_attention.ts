/** Attention of all tokens to all tokens. */

import * as tf from "@tensorflow/tfjs-core";
import {
  type Initializer,
  nest,
  type Parameters,
  type ParameterSpecs,
  under,
} from "../parameters.ts";
import { linear, linearParameters } from "./linear.ts";

export interface MultiHeadAttentionSizes {
  readonly channels: number;
  /** First values of the matrices, for example zeros (then of the bias too); absent: uniform in ±1/√channels. */
  readonly init?: { readonly qkv?: Initializer; readonly out?: Initializer };
}

export interface MultiHeadAttentionOptions {
  /** Divides the number of channels. */
  readonly heads: number;
  /** Changes the weights `[batch * head, query, key]` before they mix the values: dropout. */
  readonly changeWeights?: (weights: tf.Tensor3D) => tf.Tensor3D;
}

/** Declares `qkv` (queries, keys, values side by side) and `out`. */
export function multiHeadAttentionParameters(
  { channels, init = {} }: MultiHeadAttentionSizes,
): ParameterSpecs {
  const map = (outputs: number, start?: Initializer) =>
    linearParameters({ inputs: channels, outputs, ...(start ? { init: start } : {}) });
  return {
    ...nest("qkv", map(3 * channels, init.qkv)),
    ...nest("out", map(channels, init.out)),
  };
}

/**
 * out(softmax(Q Kᵀ / √d) V) with d = channels / heads, where [Q K V] = qkv(x).
 *
 * Quadratic in the number of tokens: 4 heads over the 4096 pixels of a 64x64 map hold 268 MB for each image.
 * Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, eq. 1 and section 3.2.2.
 * @param input `[batch, token, channel]`, also the shape of the result.
 * @throws {RangeError} When `heads` does not divide the number of channels.
 */
export function multiHeadAttention(
  parameters: Parameters,
  input: tf.Tensor,
  { heads, changeWeights }: MultiHeadAttentionOptions,
): tf.Tensor {
  const [batch, tokens, channels] = (input as tf.Tensor3D).shape;
  if (channels % heads !== 0) {
    throw new RangeError(
      `Cannot attend over ${channels} channels with ${heads} heads: heads must divide channels`,
    );
  }
  const depth = channels / heads;
  const rows = linear(under(parameters, "qkv"), tf.reshape(input, [batch * tokens, channels]));
  // [batch * token, part * head * depth] -> [part][batch * head, token, depth]
  const [query, key, value] = [0, 1, 2].map((part) => {
    const own = tf.slice(rows, [0, part * channels], [-1, channels]);
    const split = tf.transpose(tf.reshape(own, [batch, tokens, heads, depth]), [0, 2, 1, 3]);
    return tf.reshape(split, [batch * heads, tokens, depth]) as tf.Tensor3D;
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(depth));
  const weights = tf.softmax(scores) as tf.Tensor3D;
  const mixed = tf.matMul(changeWeights ? changeWeights(weights) : weights, value);
  // [batch * head, token, depth] -> [batch * token, head * depth]
  const joined = tf.transpose(tf.reshape(mixed, [batch, heads, tokens, depth]), [0, 2, 1, 3]);
  const out = linear(under(parameters, "out"), tf.reshape(joined, [batch * tokens, channels]));
  return tf.reshape(out, [batch, tokens, channels]);
}
