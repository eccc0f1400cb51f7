/** Sinusoids of a number at geometric frequencies. */

import * as tf from "@tensorflow/tfjs-core";

/** "open": frequencies 10000^(−i/half), as in Vaswani et al.; "closed": 10000^(−i/(half−1)), as in DDPM. */
export type FrequencySpacing = "open" | "closed";

/**
 * [sin(t f_0), ..., sin(t f_{half−1}), cos(t f_0), ..., cos(t f_{half−1})] with half = width / 2.
 *
 * The two spacings differ in all frequencies but the first, and published networks use either.
 * @param times `[batch]`, float32, in steps (0, 1, 2, ...), not in [0, 1].
 * @returns `[batch, width]`.
 * @throws {RangeError} When `width` is odd or below 4.
 */
export function sinusoidalEmbedding(
  times: tf.Tensor,
  { width, spacing }: { readonly width: number; readonly spacing: FrequencySpacing },
): tf.Tensor {
  if (width % 2 !== 0 || width < 4) {
    throw new RangeError(`Cannot embed times: the width must be even and >= 4, but is ${width}`);
  }
  const half = width / 2;
  const last = spacing === "open" ? half : half - 1;
  const frequencies = Float32Array.from({ length: half }, (_, i) => 10000 ** (-i / last));
  const angles = tf.mul(tf.reshape(times, [-1, 1]), tf.tensor2d(frequencies, [1, half]));
  return tf.concat([tf.sin(angles), tf.cos(angles)], 1);
}
