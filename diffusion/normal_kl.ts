/** Kullback-Leibler divergence of normal distributions. */

import * as tf from "@tensorflow/tfjs-core";

/** A normal distribution of one number. */
export interface Normal {
  readonly mean: number;
  readonly logVariance: number;
}

/**
 * KL(p ‖ q) = ½ (−1 + log σ_q² − log σ_p² + σ_p² / σ_q² + (μ_p − μ_q)² / σ_q²), in nats, >= 0 up to rounding.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equation 5, whose terms are of this form.
 */
export function normalKl(p: Normal, q: Normal): number {
  const ratio = p.logVariance - q.logVariance; // log σ_p² / σ_q²
  const distance = (p.mean - q.mean) ** 2 * Math.exp(-q.logVariance);
  return 0.5 * (-1 - ratio + Math.exp(ratio) + distance);
}

/** The same of tensors that broadcast, given μ_p − μ_q. */
export function normalKlTensor(
  difference: tf.Tensor,
  logVarianceP: tf.Tensor,
  logVarianceQ: tf.Tensor,
): tf.Tensor {
  const ratio = tf.sub(logVarianceP, logVarianceQ);
  const distance = tf.mul(tf.square(difference), tf.exp(tf.neg(logVarianceQ)));
  return tf.mul(tf.add(tf.sub(tf.exp(ratio), tf.add(ratio, 1)), distance), 0.5);
}
