/** Dropout of a large matrix from few random numbers. */

import * as tf from "@tensorflow/tfjs-core";
import { HASH_NUMBERS, HASH_PRIME as PRIME, hashedUniforms } from "./hashed_uniforms.ts";

export { HASH_NUMBERS };

/**
 * Sets elements of `[group, row, column]` to zero, each with probability `rate`, and divides the others by the
 * probability that they stay.
 *
 * The uniform numbers are those of `hashedUniforms`, of which three rows are not independent of each other: it is
 * dropout, not cryptography. All values are whole and below 2²¹, so every backend drops the same elements.
 *
 * `rate` is rounded to a multiple of 1/1021, and the division is by the rounded one.
 * @param rows `[group, row, 2]`, uniform in (0, 1).
 * @param columns `[group, column, 2]`, uniform in (0, 1).
 * @throws {RangeError} When `rate` is not in [0, 1).
 */
export function hashedDropout(
  input: tf.Tensor3D,
  { rate, rows, columns }: {
    readonly rate: number;
    readonly rows: tf.Tensor;
    readonly columns: tf.Tensor;
  },
): tf.Tensor3D {
  const dropped = Math.round(rate * PRIME);
  if (!(dropped >= 0 && dropped < PRIME)) {
    throw new RangeError(`Cannot drop elements at rate ${rate}: the rate must be in [0, 1)`);
  }
  const hash = hashedUniforms(rows, columns);
  // 1 where hash >= dropped, exact for whole numbers.
  const kept = tf.step(tf.sub(hash, dropped - 0.5));
  return tf.mul(input, tf.mul(kept, PRIME / (PRIME - dropped)));
}
