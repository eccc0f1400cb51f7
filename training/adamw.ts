/** The AdamW optimiser, one parameter at a time. */

import * as tf from "@tensorflow/tfjs-core";

export interface AdamwSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Factors that change from step to step: scalar tensors, so that one traced program serves all. */
export interface AdamwFactors {
  /** 1 - learningRate * weightDecay. */
  readonly decay: tf.Tensor;
  /** learningRate / (1 - beta1^k). */
  readonly stepSize: tf.Tensor;
  /** 1 / sqrt(1 - beta2^k). */
  readonly rootCorrection: tf.Tensor;
}

export interface AdamwState {
  readonly value: tf.Tensor;
  /** Running mean of gradients. */
  readonly mean: tf.Tensor;
  /** Running mean of squared gradients. */
  readonly square: tf.Tensor;
}

/**
 * One step: m = β1 m + (1-β1) g; v = β2 v + (1-β2) g²;
 * p = p (1 - lr wd) - lr / (1-β1^k) * m / (√v / √(1-β2^k) + ε).
 *
 * Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2, in the arrangement
 * of `torch.optim.AdamW` (decay first, ε outside the corrected root).
 * @param gradientFactor Scalar that multiplies the gradient: the clipping factor.
 */
export function adamw(
  { value, mean, square }: AdamwState,
  gradient: tf.Tensor,
  gradientFactor: tf.Tensor,
  { beta1, beta2, epsilon }: AdamwSettings,
  { decay, stepSize, rootCorrection }: AdamwFactors,
): AdamwState {
  const clipped = tf.mul(gradient, gradientFactor);
  const nextMean = tf.add(tf.mul(mean, beta1), tf.mul(clipped, 1 - beta1));
  const nextSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(clipped), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(nextSquare), rootCorrection), epsilon);
  const update = tf.mul(tf.div(nextMean, root), stepSize);
  return { value: tf.sub(tf.mul(value, decay), update), mean: nextMean, square: nextSquare };
}

/** The factors of the k-th step, k = 1, 2, ..., in float64. */
export function adamwFactors(
  k: number,
  learningRate: number,
  { beta1, beta2, weightDecay }: {
    readonly beta1: number;
    readonly beta2: number;
    readonly weightDecay: number;
  },
): { readonly decay: number; readonly stepSize: number; readonly rootCorrection: number } {
  return {
    decay: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** k),
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** k),
  };
}
