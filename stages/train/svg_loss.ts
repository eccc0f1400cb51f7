/** The loss of Stochastic Video Generation and its parts. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters } from "../../models/parameters.ts";
import { gaussianKl } from "../../models/svg/gaussian_lstm.ts";
import { svgBuffers, type SvgConfig } from "../../models/svg/svg.ts";
import type { LossResult } from "../../training/loss_and_gradients.ts";
import { isFree, type NormScope, unrollSvg } from "./svg_unroll.ts";

/**
 * What batch norms do in steps in which clips run free.
 *
 * - batch: each frame by its own batch, as in published code. Running statistics then mix true and drawn frames
 *   that were never normalised by them, so samples want the statistics of their batch too.
 * - frozen: by the running statistics, which stay as forced steps left them: what sampling will do.
 */
export const freeNorms = ["frozen", "batch"] as const;
export type FreeNorms = typeof freeNorms[number];

export interface SvgLossOptions {
  readonly context: number;
  readonly scope: NormScope;
  readonly freeNorms: FreeNorms;
}

/** Names of the scalars that the loss tells. */
export const TOLD = {
  /** Squared error per pixel, mean over predicted frames. */
  mse: "mse",
  /** Nats of all latent numbers together, mean over clips and predicted frames. */
  kl: "kl",
  /** The same of latent number i. */
  klOf: (i: number) => `kl.${i}`,
};

/**
 * Σ_t MSE(x̂_t, x_t) + β Σ_t KL(q(z_t) ‖ p(z_t)) over the frames t after the first, context included.
 *
 * The squared error is a mean over clips, pixels and channels; the KL divergence a sum over latent numbers and a
 * mean over clips. Minimising it maximises a bound: log p(x) >= E_q log p(x | z) − KL(q ‖ p), for a Gaussian
 * p(x | z) of a variance that β stands for.
 *
 * The published code updates its five networks with five Adams of equal settings. Adam treats each number by
 * itself, so one Adam over all of them is the same thing (without clipping of the norm); here there is one.
 * Source: Denton & Fergus 2018, https://arxiv.org/abs/1802.07687, equation 3.
 * @param parameters Those of `svgParameters` and of `svgBuffers`.
 * @param batch As `unrollSvg` wants it, and `beta`, a scalar.
 */
export function svgLoss(
  parameters: Parameters,
  config: SvgConfig,
  { beta, ...batch }: Readonly<Record<string, tf.Tensor>>,
  { freeNorms, ...options }: SvgLossOptions,
): Exclude<LossResult, tf.Tensor> {
  const mode = freeNorms === "frozen" && isFree(batch) ? "eval" : "train";
  const { frames, posteriors, priors, buffers } = unrollSvg(parameters, config, batch, {
    ...options,
    mode,
  });
  const moments = frames.length;
  const error = tf.addN(
    frames.map((frame, i) => tf.mean(tf.square(tf.sub(frame, batch[`frame${i + 1}`]!)))),
  );
  // [latent]
  const divergences = tf.addN(
    posteriors.map((posterior, i) => tf.mean(gaussianKl(posterior, priors[i]), 0)),
  );
  const divergence = tf.sum(divergences);
  const each = tf.unstack(tf.div(divergences, moments));
  return {
    loss: tf.add(error, tf.mul(beta!, divergence)) as tf.Scalar,
    buffers: mode === "train" ? buffers : unmoved(parameters, config),
    told: {
      [TOLD.mse]: tf.div(error, moments),
      [TOLD.kl]: tf.div(divergence, moments),
      ...Object.fromEntries(each.map((value, i) => [TOLD.klOf(i), value])),
    },
  };
}

/** The running statistics as they were. */
function unmoved(parameters: Parameters, config: SvgConfig): Parameters {
  const names = Object.keys(svgBuffers(config));
  return Object.fromEntries(names.map((name) => [name, parameter(parameters, name)]));
}
