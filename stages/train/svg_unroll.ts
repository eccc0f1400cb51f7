/** A clip as Stochastic Video Generation sees it in training: every frame predicted, the posterior's eyes open. */

import * as tf from "@tensorflow/tfjs-core";
import type { BatchNormMode } from "../../models/layers/batch_norm.ts";
import type { Parameters } from "../../models/parameters.ts";
import { batchNorms } from "../../models/svg/batch_norms.ts";
import { decodeFrame, type EncodedFrame, encodeFrame } from "../../models/svg/frame_code.ts";
import { type Gaussian, reparameterise } from "../../models/svg/gaussian_lstm.ts";
import {
  initialSvgState,
  posteriorOf,
  predictCode,
  priorOf,
  type SvgConfig,
} from "../../models/svg/svg.ts";

export interface Unrolled {
  /** Predictions of frames 1, 2, ..., each `[batch, height, width, channel]`. */
  readonly frames: readonly tf.Tensor[];
  /** q(z_t) of the same moments, and p(z_t) where the prior is learned. */
  readonly posteriors: readonly Gaussian[];
  readonly priors: readonly (Gaussian | undefined)[];
  /** Running statistics that moved. */
  readonly buffers: Parameters;
}

/**
 * - frame: frames pass one by one, each normalised by its own batch statistics, as published.
 * - clip: frames pass together where they can, normalised by the statistics of all of them; several times faster
 *   for small networks. Frames that follow a predicted one still pass one by one.
 */
export const normScopes = ["frame", "clip"] as const;
export type NormScope = typeof normScopes[number];

export interface UnrollOptions {
  /** Frames that are always shown. */
  readonly context: number;
  readonly mode: BatchNormMode;
  readonly scope: NormScope;
}

type Batch = Readonly<Record<string, tf.Tensor>>;

/**
 * Predicts frame t = 1, 2, ... from frame t − 1 and z_t ~ q(z_t | x_1 .. x_t).
 *
 * After the context, the frame before is the true one for clips that are forced, else the predicted one, through
 * which gradients flow; the posterior always sees the true frame t. The decoder gets the maps of the frame that
 * was shown (`lastFrameSkip`), so that free running stays free, or those of the last context frame.
 * @param batch `frame<t>` of the clip; `noise<t>` `[batch, latent]` of each predicted frame; `condition<t>`
 * `[batch, conditions]` of each frame that something follows, if the network has conditions; `forced<t>`
 * `[batch, 1, 1, 1]` of 0 and 1 of each frame that is predicted and followed, or none of these where all clips
 * are forced.
 */
export function unrollSvg(
  parameters: Parameters,
  config: SvgConfig,
  batch: Batch,
  { context, mode, scope }: UnrollOptions,
): Unrolled {
  const norms = batchNorms(parameters, mode);
  const encode = (frame: tf.Tensor) => encodeFrame(parameters, config.frames, frame, norms);
  const decode = (encoded: EncodedFrame) => decodeFrame(parameters, config.frames, encoded, norms);
  const truths = encodeAll(framesOf(batch), encode, scope);
  const decodesLast = scope === "clip" && !isFree(batch);
  let state = initialSvgState(config, batch.frame0!.shape[0]!);
  let shown = truths[0]!;
  let skips = shown.skips;
  const codes: EncodedFrame[] = [];
  const frames: tf.Tensor[] = [];
  const posteriors: Gaussian[] = [];
  const priors: (Gaussian | undefined)[] = [];
  for (let t = 1; t < truths.length; t++) {
    const posterior = posteriorOf(parameters, truths[t]!.code, state);
    const prior = priorOf(parameters, config, shown.code, posterior.state);
    const latent = reparameterise(posterior.gaussian, batch[`noise${t}`]!);
    const given = { code: shown.code, latent, condition: batch[`condition${t - 1}`] };
    const predicted = predictCode(parameters, config, given, prior.state);
    state = predicted.state;
    posteriors.push(posterior.gaussian);
    priors.push(prior.gaussian);
    codes.push({ code: predicted.code, skips });
    if (!decodesLast) frames.push(decode(codes.at(-1)!));
    const forced = batch[`forced${t}`];
    shown = forced && t >= context
      ? encode(blend(frames.at(-1)!, batch[`frame${t}`]!, forced))
      : truths[t]!;
    if (config.lastFrameSkip || t < context) skips = shown.skips;
  }
  return {
    frames: decodesLast ? tf.split(decode(joinEncoded(codes)), codes.length) : frames,
    posteriors,
    priors,
    buffers: norms.moved(),
  };
}

/** Whether a batch lets clips see their own frames. */
export function isFree(batch: Batch): boolean {
  return Object.keys(batch).some((name) => name.startsWith("forced"));
}

function framesOf(batch: Batch): tf.Tensor[] {
  const count = Object.keys(batch).filter((name) => name.startsWith("frame")).length;
  return Array.from({ length: count }, (_, t) => batch[`frame${t}`]!);
}

/** The true frame where `forced` is 1, the predicted one where it is 0. */
function blend(predicted: tf.Tensor, truth: tf.Tensor, forced: tf.Tensor): tf.Tensor {
  return tf.add(predicted, tf.mul(forced, tf.sub(truth, predicted)));
}

function encodeAll(
  frames: readonly tf.Tensor[],
  encode: (frame: tf.Tensor) => EncodedFrame,
  scope: NormScope,
): EncodedFrame[] {
  if (scope === "frame") return frames.map(encode);
  // [batch, ...] of each time -> [time * batch, ...], and back.
  const { code, skips } = encode(tf.concat([...frames], 0));
  const codes = tf.split(code, frames.length);
  const maps = Object.entries(skips).map(([level, map]) =>
    [level, tf.split(map, frames.length)] as const
  );
  return codes.map((code, t) => ({
    code,
    skips: Object.fromEntries(maps.map(([level, parts]) => [level, parts[t]!])),
  }));
}

function joinEncoded(encoded: readonly EncodedFrame[]): EncodedFrame {
  const join = (parts: tf.Tensor[]) => tf.concat(parts, 0);
  const levels = Object.keys(encoded[0]!.skips);
  return {
    code: join(encoded.map(({ code }) => code)),
    skips: Object.fromEntries(
      levels.map((level) => [level, join(encoded.map(({ skips }) => skips[level]!))]),
    ),
  };
}
