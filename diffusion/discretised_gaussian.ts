/** The likelihood of 8-bit pixels under a normal distribution of real numbers. */

import * as tf from "@tensorflow/tfjs-core";

/** Half the width of one of 256 levels of [−1, 1]. */
const HALF_BIN = 1 / 255;
/** Beyond this a pixel is the darkest or the brightest level, whose bin is open. */
const EDGE = 0.999;
/** Smallest probability, against log 0. */
const FLOOR = 1e-12;
const SLOPE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * log of the probability that N(mean, e^{2 logScale}) gives the bin of x: x ± 1/255, open at −1 and 1. In nats,
 * at least log 1e-12.
 *
 * Φ is approximated by ½ (1 + tanh(√(2/π) (u + 0.044715 u³))), off by at most 2e-4, and must be for published
 * bits per dimension to come out.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equation 13; the approximation and the floor are those
 * of OpenAI's code.
 * @param x A pixel in [−1, 1], of 256 levels.
 */
export function discretisedGaussianLogLikelihood(
  x: number,
  mean: number,
  logScale: number,
): number {
  const narrowness = Math.exp(-logScale);
  const below = cdf(narrowness * (x - mean - HALF_BIN));
  const above = cdf(narrowness * (x - mean + HALF_BIN));
  const probability = x < -EDGE ? above : x > EDGE ? 1 - below : above - below;
  return Math.log(Math.max(probability, FLOOR));
}

/**
 * The same of tensors of equal shape, with digits left in the tails: ½ (1 + tanh u) is written as the logistic
 * function of 2u, and taken on the side where it is small. In float32 the difference of two tanh near 1 is noise.
 * @param centred x − mean.
 */
export function discretisedGaussianTensor(
  x: tf.Tensor,
  centred: tf.Tensor,
  logScale: tf.Tensor,
): tf.Tensor {
  const narrowness = tf.exp(tf.neg(logScale));
  const at = (u: tf.Tensor) => cdfTensor(tf.mul(narrowness, u));
  const far = tf.neg(tf.abs(centred));
  const inner = tf.sub(at(tf.add(far, HALF_BIN)), at(tf.sub(far, HALF_BIN)));
  const darkest = at(tf.add(centred, HALF_BIN));
  const brightest = at(tf.sub(HALF_BIN, centred));
  const open = tf.where(tf.less(x, -EDGE), darkest, brightest);
  const probability = tf.where(tf.less(tf.abs(x), EDGE), inner, open);
  return tf.log(tf.maximum(probability, FLOOR));
}

function cdf(u: number): number {
  return 0.5 * (1 + Math.tanh(SLOPE * (u + CUBIC * u ** 3)));
}

function cdfTensor(u: tf.Tensor): tf.Tensor {
  const cubed = tf.mul(tf.mul(u, u), u);
  const logit = tf.mul(tf.add(u, tf.mul(cubed, CUBIC)), 2 * SLOPE);
  // Not tf.sigmoid, which ONNX Runtime approximates to 1e-7 absolute; e^80 is far beyond the floor, yet finite.
  return tf.reciprocal(tf.add(tf.exp(tf.neg(tf.maximum(logit, -80))), 1));
}
