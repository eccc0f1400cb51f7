/** The loss that tells images apart without labels. */

import * as tf from "@tensorflow/tfjs-core";

/** Keeps a point out of the sum over others; exp of it is 0 in float32. */
const NEVER = -1e9;

/**
 * NT-Xent: each of two copies of an image must be nearer to the other than to all other points.
 *
 * −log(exp(z_i·z_j / τ) / Σ_{k≠i} exp(z_i·z_k / τ)), the mean over both copies of all images. Source: Chen
 * et al. 2020, https://arxiv.org/abs/2002.05709, equation 1.
 * @param points `[2 batch, dimensions]`, rows of length 1: one copy of each image, then the other of each.
 * @param temperature τ.
 */
export function contrastiveLoss(points: tf.Tensor, temperature: number): tf.Scalar {
  const [rows = 0, dimensions = 0] = points.shape;
  const half = [rows / 2, dimensions];
  const others = tf.concat([
    tf.slice(points, [rows / 2, 0], half),
    tf.slice(points, [0, 0], half),
  ]);
  const similarities = tf.div(tf.matMul(points, points, false, true), temperature);
  const withoutSelf = tf.add(similarities, tf.mul(tf.eye(rows), NEVER));
  const positive = tf.div(tf.sum(tf.mul(points, others), 1), temperature);
  return tf.mean<tf.Scalar>(tf.sub(tf.logSumExp(withoutSelf, 1), positive));
}
