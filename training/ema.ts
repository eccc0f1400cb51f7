/** Exponential moving average of parameters. */

import * as tf from "@tensorflow/tfjs-core";

/** How fast an average forgets, and when it is updated. Steps are counted from 0 here. */
export type EmaSettings = (ConstantDecay | RisingDecay | HalfLife) & {
  /** The average is updated at step 0 and then every so many steps; default 1. */
  readonly every?: number;
  /** Updates of steps before this one copy the parameters; default 0. */
  readonly copyUntil?: number;
};

interface ConstantDecay {
  readonly decay: number;
  readonly warmup: false;
}

/**
 * Starts with a copy and a small decay, so that early parameters are soon forgotten.
 *
 * The rules of `EMAModel` of diffusers, s counting updates after the last copy: (1 + s) / (10 + s), or with
 * a power p as `use_ema_warmup` has it: 1 - (1 + s / γ)^-p.
 */
interface RisingDecay {
  /** The largest decay. */
  readonly decay: number;
  readonly warmup: true | { readonly power: number; readonly inverseGamma?: number };
  /** The smallest decay of an update that is no copy; default 0. */
  readonly minDecay?: number;
  /** So many updates after the first are copies too; default 0. */
  readonly updateAfter?: number;
}

/** The decay of EDM: what was learnt is half forgotten after so many images. */
interface HalfLife {
  readonly halfLife: {
    readonly images: number;
    /** Images of one optimiser step. */
    readonly batch: number;
    /** The half-life is at most this share of the images seen; `null` for none. */
    readonly rampUp: number | null;
  };
}

/**
 * Decay of the update after the k-th optimiser step, k = 1, 2, ...; 0 copies, 1 leaves the average.
 *
 * Published combinations: `{ decay: 0.99, warmup: false, every: 5, copyUntil: 2000 }` is that of Residual
 * Video Diffusion.
 */
export function emaDecay(k: number, settings: EmaSettings): number {
  const { every = 1, copyUntil = 0 } = settings;
  const step = k - 1;
  if (step % every !== 0) return 1;
  if (step < copyUntil) return 0;
  if ("halfLife" in settings) return halfLifeDecay(step, settings);
  if (settings.warmup === false) return settings.decay;
  return risingDecay(step / every, settings);
}

function risingDecay(update: number, settings: RisingDecay): number {
  const { decay, warmup, minDecay = 0, updateAfter = 0 } = settings;
  const s = update - updateAfter;
  if (s <= 0) return 0;
  const rising = warmup === true
    ? (1 + s) / (10 + s)
    : 1 - (1 + s / (warmup.inverseGamma ?? 1)) ** -warmup.power;
  return Math.max(minDecay, Math.min(decay, rising));
}

/**
 * 0.5^(images of an update / half-life), as EDM's training loop has it, where the images of this step
 * are not seen yet: the first update is a copy where the half-life ramps up.
 *
 * Source: Karras et al. 2022, https://arxiv.org/abs/2206.00364, appendix F.2.
 */
function halfLifeDecay(
  step: number,
  { halfLife: { images, batch, rampUp }, every = 1 }: HalfLife & { readonly every?: number },
): number {
  const halfLife = rampUp === null ? images : Math.min(images, step * batch * rampUp);
  return 0.5 ** ((batch * every) / Math.max(halfLife, 1e-8));
}

/** average - (1 - decay) (average - value); the arrangement that keeps a constant exactly. */
export function ema(average: tf.Tensor, value: tf.Tensor, oneMinusDecay: tf.Tensor): tf.Tensor {
  return tf.sub(average, tf.mul(tf.sub(average, value), oneMinusDecay));
}
