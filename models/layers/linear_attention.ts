/** Attention whose cost is linear in the number of pixels. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, parameter, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { layerNorm, layerNormParameters } from "./layer_norm.ts";
import { linear, linearParameters } from "./linear.ts";

const HEADS = 4;
const DEPTH = 16;

/** Declares `norm` (per pixel over channels), `qkv` without bias, `out`. */
export function linearAttentionParameters(channels: number): ParameterSpecs {
  const width = HEADS * DEPTH;
  return {
    ...nest("norm", layerNormParameters(channels)),
    "qkv.kernel": {
      shape: [channels, 3 * width],
      init: { kind: "uniform", bound: 1 / Math.sqrt(channels) },
    },
    ...nest("out", linearParameters({ inputs: width, outputs: channels })),
  };
}

/**
 * x + out(Q (softmax_pixels(K)ᵀ V) / √16), 4 heads of 16, after a layer norm of each pixel.
 *
 * The softmax runs over pixels on the keys only, as in Residual Video Diffusion,
 * https://arxiv.org/abs/2203.09481, after Shen et al. 2018, https://arxiv.org/abs/1812.01243.
 * @param input `[batch, height, width, channel]`, also the shape of the result.
 */
export function linearAttention(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const [batch, height, width, channels] = (input as tf.Tensor4D).shape;
  const tokens = height * width;
  const normal = layerNorm(under(parameters, "norm"), input);
  const rows = tf.matMul(
    tf.reshape(normal, [batch * tokens, channels]),
    parameter(parameters, "qkv.kernel"),
  );
  // [batch * token, part * head * depth] -> [part][batch * head, token, depth]
  const [query, key, value] = [0, 1, 2].map((part) => {
    const own = tf.slice(rows, [0, part * HEADS * DEPTH], [-1, HEADS * DEPTH]);
    const split = tf.transpose(tf.reshape(own, [batch, tokens, HEADS, DEPTH]), [0, 2, 1, 3]);
    return tf.reshape(split, [batch * HEADS, tokens, DEPTH]) as tf.Tensor3D;
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const weights = tf.softmax(tf.transpose(key, [0, 2, 1])); // [batch * head, depth, token]
  const context = tf.matMul(weights, value); // [batch * head, depth, depth]
  const mixed = tf.mul(tf.matMul(query, context), 1 / Math.sqrt(DEPTH));
  // [batch * head, token, depth] -> [batch * token, head * depth]
  const joined = tf.transpose(tf.reshape(mixed, [batch, HEADS, tokens, DEPTH]), [0, 2, 1, 3]);
  const out = linear(
    under(parameters, "out"),
    tf.reshape(joined, [batch * tokens, HEADS * DEPTH]),
  );
  return tf.add(input, tf.reshape(out, input.shape));
}
