/** A recurrent network that gives a Gaussian: posterior and learned prior of Stochastic Video Generation. */

import * as tf from "@tensorflow/tfjs-core";
import { linear, linearParameters } from "../layers/linear.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import {
  lstmStack,
  lstmStackParameters,
  type LstmStackSizes,
  type LstmStackState,
} from "./lstm_stack.ts";

/** Independent normals; each tensor is `[batch, latent]`. */
export type Gaussian = {
  readonly mean: tf.Tensor;
  /** log σ². */
  readonly logVariance: tf.Tensor;
};

export interface GaussianLstmSizes extends LstmStackSizes {
  readonly latent: number;
}

/** Declares `embed`, `cell.i`, `mean` and `log_variance`. */
export function gaussianLstmParameters(sizes: GaussianLstmSizes): ParameterSpecs {
  const head = linearParameters({ inputs: sizes.hidden, outputs: sizes.latent });
  return { ...lstmStackParameters(sizes), ...nest("mean", head), ...nest("log_variance", head) };
}

/** @param code `[batch, inputs]`. */
export function gaussianLstm(
  parameters: Parameters,
  code: tf.Tensor,
  before: LstmStackState,
): { readonly gaussian: Gaussian; readonly state: LstmStackState } {
  const { output, state } = lstmStack(parameters, code, before);
  const mean = linear(under(parameters, "mean"), output);
  const logVariance = linear(under(parameters, "log_variance"), output);
  return { gaussian: { mean, logVariance }, state };
}

/**
 * μ + exp(log σ² / 2) ε, differentiable in both.
 *
 * Source: Kingma & Welling 2014, https://arxiv.org/abs/1312.6114, section 2.4. (Code in circulation multiplies ε by
 * log σ² itself, which is no standard deviation.)
 * @param noise Standard normals, `[batch, latent]`.
 */
export function reparameterise({ mean, logVariance }: Gaussian, noise: tf.Tensor): tf.Tensor {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise));
}

/**
 * KL(q ‖ p) of each number: (log σp² − log σq² + (σq² + (μq − μp)²) / σp² − 1) / 2, in nats, `[batch, latent]`.
 *
 * @param prior Absent: N(0, 1).
 */
export function gaussianKl(posterior: Gaussian, prior?: Gaussian): tf.Tensor {
  const { mean, logVariance } = posterior;
  const spread = tf.exp(logVariance);
  if (!prior) {
    // (σ² + μ² − 1 − log σ²) / 2
    const twice = tf.sub(tf.add(spread, tf.square(mean)), tf.add(logVariance, 1));
    return tf.mul(twice, 0.5);
  }
  const distance = tf.add(spread, tf.square(tf.sub(mean, prior.mean)));
  const ratio = tf.mul(distance, tf.exp(tf.neg(prior.logVariance)));
  return tf.mul(tf.sub(tf.add(tf.sub(prior.logVariance, logVariance), ratio), 1), 0.5);
}
