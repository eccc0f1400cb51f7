/** Self-attention between the pixels of a feature map. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { groupNorm, groupNormParameters } from "./group_norm.ts";
import { linear, linearParameters } from "./linear.ts";

/** Declares `norm`, `qkv` (queries, keys, values side by side) and `out`, which starts at zero. */
export function selfAttentionParameters(channels: number): ParameterSpecs {
  const zeros = { kind: "zeros" } as const;
  return {
    ...nest("norm", groupNormParameters(channels)),
    ...nest("qkv", linearParameters({ inputs: channels, outputs: 3 * channels })),
    ...nest("out", linearParameters({ inputs: channels, outputs: channels, init: zeros })),
  };
}

/**
 * x + out(softmax(Q Kᵀ / √d) V) with d = channels / heads, over all pixels of an image.
 *
 * Quadratic in the number of pixels: meant for maps of 16x16 and smaller.
 * Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, eq. 1, as placed by
 * Ho et al. 2020, https://arxiv.org/abs/2006.11239.
 * @param input `[batch, height, width, channel]`, also the shape of the result.
 * @throws {RangeError} When `heads` does not divide the number of channels.
 */
export function selfAttention(
  parameters: Parameters,
  input: tf.Tensor,
  { groups, heads }: { readonly groups: number; readonly heads: number },
): tf.Tensor {
  const [batch, height, width, channels] = (input as tf.Tensor4D).shape;
  if (channels % heads !== 0) {
    throw new RangeError(
      `Cannot attend over ${channels} channels with ${heads} heads: heads must divide channels`,
    );
  }
  const tokens = height * width;
  const depth = channels / heads;
  const normal = groupNorm(under(parameters, "norm"), input, { groups });
  const rows = linear(under(parameters, "qkv"), tf.reshape(normal, [batch * tokens, channels]));
  // [batch, token, part, head, depth] -> [part][batch * head, token, depth]
  const parts = [0, 1, 2].map((part) => {
    const own = tf.slice(rows, [0, part * channels], [-1, channels]);
    const split = tf.transpose(tf.reshape(own, [batch, tokens, heads, depth]), [0, 2, 1, 3]);
    return tf.reshape(split, [batch * heads, tokens, depth]) as tf.Tensor3D;
  });
  const [query, key, value] = [parts[0]!, parts[1]!, parts[2]!];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(depth));
  const mixed = tf.matMul(tf.softmax(scores), value);
  // [batch * head, token, depth] -> [batch * token, channel]
  const joined = tf.transpose(tf.reshape(mixed, [batch, heads, tokens, depth]), [0, 2, 1, 3]);
  const out = linear(under(parameters, "out"), tf.reshape(joined, [batch * tokens, channels]));
  return tf.add(input, tf.reshape(out, input.shape));
}
