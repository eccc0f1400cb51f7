/** Noise that blurs what a discriminator sees. */

import * as tf from "@tensorflow/tfjs-core";
import { HASH_NUMBERS, HASH_PRIME, hashedUniforms } from "./hashed_uniforms.ts";

/**
 * Shapes of the uniform numbers that noise on a tensor needs: `rows [2, batch, 2]` and `columns [2, size, 2]`.
 * @param shape Of the tensor, its batch first.
 */
export function instanceNoiseUniforms(
  shape: readonly number[],
): Readonly<Record<"rows" | "columns", readonly number[]>> {
  const [batch = 1, ...rest] = shape;
  const size = rest.reduce((product, n) => product * n, 1);
  return { rows: [2, batch, HASH_NUMBERS], columns: [2, size, HASH_NUMBERS] };
}

/**
 * x + σ n, n standard normal, in training and in evaluation alike.
 *
 * n = √(−2 ln u) cos 2πv (Box & Muller 1958) with u and v from `hashedUniforms`, so |n| < 3.91: few numbers come in
 * from outside and become many inside the compiled program.
 * Source: Sønderby et al. 2016, https://arxiv.org/abs/1610.04490; MoCoGAN has it before every convolution.
 * @param uniforms As `instanceNoiseUniforms` declares, in (0, 1).
 */
export function instanceNoise(
  input: tf.Tensor,
  { sigma, rows, columns }: {
    readonly sigma: number;
    readonly rows: tf.Tensor;
    readonly columns: tf.Tensor;
  },
): tf.Tensor {
  const [first, second] = tf.split(hashedUniforms(rows, columns), 2, 0);
  // In (0, 1): the half keeps the logarithm finite.
  const u = tf.div(tf.add(first!, 0.5), HASH_PRIME);
  const radius = tf.sqrt(tf.mul(tf.log(u), -2));
  const normal = tf.mul(radius, tf.cos(tf.mul(second!, (2 * Math.PI) / HASH_PRIME)));
  // [1, batch, size] -> the shape of the input
  return tf.add(input, tf.mul(tf.reshape(normal, input.shape), sigma));
}
