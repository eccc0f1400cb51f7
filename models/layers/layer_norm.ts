/** Normalisation of each pixel or token by itself. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";

const EPSILON = 1e-5;

/** Declares `scale [channels]` of ones and `shift [channels]` of zeros. */
export function layerNormParameters(channels: number): ParameterSpecs {
  return {
    scale: { shape: [channels], init: { kind: "ones" } },
    shift: { shape: [channels], init: { kind: "zeros" } },
  };
}

/**
 * (x − μ) / √(σ² + 1e-5) · scale + shift, with μ and σ² over the last axis; any rank.
 *
 * Source: Ba et al. 2016, https://arxiv.org/abs/1607.06450.
 */
export function layerNorm(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const last = input.rank - 1;
  const centred = tf.sub(input, tf.mean(input, last, true));
  const variance = tf.mean(tf.square(centred), last, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(normal, parameter(parameters, "scale")), parameter(parameters, "shift"));
}
