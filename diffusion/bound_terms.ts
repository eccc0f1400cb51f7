/** Terms of the variational bound on tensors, for the loss and for evaluation in batches. */

import * as tf from "@tensorflow/tfjs-core";
import { discretisedGaussianTensor } from "./discretised_gaussian.ts";
import { normalKlTensor } from "./normal_kl.ts";
import type { ClipRange } from "./sampler_step.ts";

/** Tensors of equal shape, `[batch, height, width, channel]`. */
export interface BoundTensors {
  /** Pixels of 256 levels in [−1, 1]. */
  readonly x0: tf.Tensor;
  /** What the objective asks for, from `diffuse`. */
  readonly target: tf.Tensor;
  /** What the network answered. */
  readonly output: tf.Tensor;
  /** Learned variance: −1 is the small one, 1 the large one. Absent: the smallest of the factors. */
  readonly varianceFraction?: tf.Tensor;
}

/**
 * Term L_n of each sample, mean over elements, in bits: `[batch]`.
 *
 * x̂0 − x0 is computed from answer − target, not as a difference of means: near step 0 those agree in most of
 * float32's digits. Accuracy: tests hold it to 1e-5 of the float64 form.
 * @param factors `[batch, 7]`, from `vlbFactors`.
 * @param clip What x̂0 is clipped to, as in sampling; null for training.
 */
export function boundTerms(
  factors: tf.Tensor,
  { x0, target, output, varianceFraction }: BoundTensors,
  { clip }: { readonly clip: ClipRange | null },
): tf.Tensor {
  const factor = (i: number) => tf.reshape(tf.slice(factors, [0, i], [-1, 1]), [-1, 1, 1, 1]);
  const [low, high] = [factor(3), factor(4)];
  const error = errorOfX0(tf.mul(factor(0), tf.sub(output, target)), x0, clip);
  const difference = tf.mul(factor(1), error); // of the model's mean to the posterior's
  const logVariance = varianceFraction === undefined
    ? tf.add(low, tf.zerosLike(x0))
    : tf.add(low, tf.mul(tf.mul(tf.add(varianceFraction, 1), 0.5), tf.sub(high, low)));
  const kl = normalKlTensor(difference, factor(2), logVariance);
  // At step 0 the mean is x̂0 itself: x0 − mean = −difference.
  const decoder = tf.neg(
    discretisedGaussianTensor(x0, tf.neg(difference), tf.mul(logVariance, 0.5)),
  );
  const isDecoder = factor(5);
  const nats = tf.add(tf.mul(isDecoder, decoder), tf.mul(tf.sub(1, isDecoder), kl));
  return tf.mul(tf.mean(nats, [1, 2, 3]), 1 / Math.LN2);
}

/** The number of diffusion steps of each sample, `[batch]`: times a random term, it estimates their sum. */
export function stepCounts(factors: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.slice(factors, [0, 6], [-1, 1]), [-1]);
}

function errorOfX0(error: tf.Tensor, x0: tf.Tensor, clip: ClipRange | null): tf.Tensor {
  if (clip === null) return error;
  const [low, high] = typeof clip === "number" ? [-clip, clip] : [clip.low, clip.high];
  return tf.minimum(tf.maximum(error, tf.sub(low, x0)), tf.sub(high, x0));
}
