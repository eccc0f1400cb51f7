/** Self-attention between the pixels of a feature map. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { groupNorm, groupNormParameters } from "./group_norm.ts";
import { multiHeadAttention, multiHeadAttentionParameters } from "./multi_head_attention.ts";

/** Declares `norm`, `qkv` (queries, keys, values side by side) and `out`, which starts at zero. */
export function selfAttentionParameters(channels: number): ParameterSpecs {
  const init = { out: { kind: "zeros" } } as const;
  return {
    ...nest("norm", groupNormParameters(channels)),
    ...multiHeadAttentionParameters({ channels, init }),
  };
}

/**
 * x + attention(norm(x)) over all pixels of an image.
 *
 * Quadratic in the number of pixels: meant for maps of 16x16 and smaller.
 * Source: as placed by Ho et al. 2020, https://arxiv.org/abs/2006.11239.
 * @param input `[batch, height, width, channel]`, also the shape of the result.
 * @throws {RangeError} When `heads` does not divide the number of channels.
 */
export function selfAttention(
  parameters: Parameters,
  input: tf.Tensor,
  { groups, heads }: { readonly groups: number; readonly heads: number },
): tf.Tensor {
  const [batch, height, width, channels] = (input as tf.Tensor4D).shape;
  const normal = groupNorm(under(parameters, "norm"), input, { groups });
  const tokens = tf.reshape(normal, [batch, height * width, channels]);
  const out = multiHeadAttention(parameters, tokens, { heads });
  return tf.add(input, tf.reshape(out, input.shape));
}
