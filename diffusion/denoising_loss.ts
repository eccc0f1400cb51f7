/** The training loss of a denoising network. */

import * as tf from "@tensorflow/tfjs-core";
import { boundTerms, stepCounts } from "./bound_terms.ts";
import { diffuse } from "./forward_process.ts";
import { elementLoss, type LossId, type Objective } from "./objective.ts";
import { stopGradient } from "./stop_gradient.ts";

export interface DenoisingOptions {
  readonly loss: LossId;
  /** The one that the factors of the batch are made for. */
  readonly objective: Objective;
  /** Whether the network says the variance too, in as many channels again. */
  readonly variance: "fixed" | "learned";
  /** λ of the variational bound where the variance is learned; 0.001 in the paper. */
  readonly vlbWeight: number;
}

/** All float32. */
export interface DenoisingBatch {
  /** `[batch, height, width, channel]`; with learned variance, pixels of 256 levels in [−1, 1]. */
  readonly x0: tf.Tensor;
  /** ε, standard normal, of the same shape. */
  readonly noise: tf.Tensor;
  /** Diffusion step of each sample, `[batch]`. */
  readonly timesteps: tf.Tensor;
  /** `[batch, 4]`, from `forwardFactors`. */
  readonly factors: tf.Tensor;
  /** Of each sample's simple loss, `[batch]`, from `lossWeights`. */
  readonly weights: tf.Tensor;
  /** Learned variance only: `[batch, 7]`, from `vlbFactors`. */
  readonly vlb?: tf.Tensor;
}

/**
 * Loss of each sample, `[batch]`: the weighted mean distance of answer and target and, with learned variance,
 * the hybrid of Nichol & Dhariwal:
 *
 *     L = w_n L_simple + λ L_vlb,   L_vlb = T L_n in bits per dimension
 *
 * T L_n estimates the sum over diffusion steps, n drawn uniformly. The gradient of L_vlb goes to the variance alone,
 * so that L_simple decides the mean.
 *
 * Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equation 14; Nichol & Dhariwal 2021,
 * https://arxiv.org/abs/2102.09672, equation 16; in bits and with λ = T / 1000 of a term, as OpenAI's code.
 * @param network Its answer to x_n, of x0's shape, with learned variance `[batch, height, width, 2 channel]`.
 * @throws {RangeError} When the network's answer has another shape, or the factors of the bound are missing.
 */
export function denoisingLoss(
  network: (noisy: tf.Tensor, timesteps: tf.Tensor) => tf.Tensor,
  options: DenoisingOptions,
  batch: DenoisingBatch,
): tf.Tensor {
  const { x0, noise, timesteps, factors, weights, vlb } = batch;
  const { x, target } = diffuse(factors, x0, noise);
  const answer = network(x, timesteps);
  requireShape(answer, x0, options);
  if (options.variance === "fixed") {
    return tf.mul(weights, tf.mean(elementLoss(options.loss, answer, target), [1, 2, 3]));
  }
  if (vlb === undefined) {
    throw new RangeError(
      "Cannot compute the loss of a learned variance: the batch must hold vlb, but has none",
    );
  }
  const [output, varianceFraction] = tf.split(answer, 2, 3) as [tf.Tensor, tf.Tensor];
  const simple = tf.mul(weights, tf.mean(elementLoss(options.loss, output, target), [1, 2, 3]));
  const terms = boundTerms(
    vlb,
    { x0, target, output: stopGradient(output), varianceFraction },
    { clip: null },
  );
  return tf.add(simple, tf.mul(tf.mul(terms, stepCounts(vlb)), options.vlbWeight));
}

function requireShape(
  answer: tf.Tensor,
  x0: tf.Tensor,
  { objective, variance }: DenoisingOptions,
): void {
  const [channels = 0, ...rest] = x0.shape.toReversed();
  const expected = [...rest.toReversed(), variance === "learned" ? 2 * channels : channels];
  if (String(answer.shape) === String(expected)) return;
  throw new RangeError(
    `Cannot compute the loss of "${objective}" with ${variance} variance: the network must answer ` +
      `[${expected}], but answered [${answer.shape}]`,
  );
}
