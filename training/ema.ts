/** Exponential moving average of parameters. */

import * as tf from "@tensorflow/tfjs-core";

export interface EmaSettings {
  /** The largest decay. */
  readonly decay: number;
  /**
   * Starts at 0 and rises, so that early parameters are soon forgotten: as (1 + s) / (10 + s), or
   * with a power p as 1 - (1 + s)^-p, where s counts steps after the first.
   */
  readonly warmup: boolean | { readonly power: number };
}

/**
 * Decay after the k-th optimiser step, k = 1, 2, ...; with warm-up it is 0 for k = 1, a copy.
 *
 * The warm-up rules are those of `EMAModel` of diffusers: plain, and `use_ema_warmup` with `power`.
 */
export function emaDecay(k: number, { decay, warmup }: EmaSettings): number {
  if (warmup === false) return decay;
  const s = k - 1;
  if (s <= 0) return 0;
  return Math.min(decay, warmup === true ? (1 + s) / (10 + s) : 1 - (1 + s) ** -warmup.power);
}

/** average - (1 - decay) (average - value); the arrangement that keeps a constant exactly. */
export function ema(average: tf.Tensor, value: tf.Tensor, oneMinusDecay: tf.Tensor): tf.Tensor {
  return tf.sub(average, tf.mul(tf.sub(average, value), oneMinusDecay));
}
