/** GELU with the error function. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * x Φ(x) = x (1 + erf(x / √2)) / 2, elementwise, any shape; not the approximation by tanh.
 *
 * Source: Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415.
 */
export function gelu(input: tf.Tensor): tf.Tensor {
  return tf.mul(input, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(input, Math.SQRT1_2)))));
}
