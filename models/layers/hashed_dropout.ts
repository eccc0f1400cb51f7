/** Dropout of a large matrix from few random numbers. */

import * as tf from "@tensorflow/tfjs-core";

/** A prime, so that products modulo it spread evenly; so small that the sums below are exact in float32. */
const PRIME = 1021;

/** Numbers of a row or a column: 2 make elements of two rows independent. */
export const HASH_NUMBERS = 2;

/**
 * Sets elements of `[group, row, column]` to zero, each with probability `rate`, and divides the others by the
 * probability that they stay.
 *
 * A uniform number for each element would be as large as the matrix, and the host would have to draw it. Here each
 * row and each column has two, which become a ∈ {1..p−1}² and b ∈ {0..p−1}², and the element's number is
 * (a · b mod p) / p, p = 1021: the inner-product hash of Carter & Wegman 1979. The number is exactly uniform on the
 * multiples of 1/p; elements of one row are independent, and so are those of one column and of two rows whose a are
 * not proportional (all but one pair in a thousand). Three rows are not independent of each other: it is dropout,
 * not cryptography. All values are whole and below 2²¹, so every backend drops the same elements.
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
  const a = tf.add(tf.floor(tf.mul(rows, PRIME - 1)), 1) as tf.Tensor3D;
  const b = tf.floor(tf.mul(columns, PRIME)) as tf.Tensor3D;
  const hash = modulo(tf.matMul(a, b, false, true));
  // 1 where hash >= dropped, exact for whole numbers.
  const kept = tf.step(tf.sub(hash, dropped - 0.5));
  return tf.mul(input, tf.mul(kept, PRIME / (PRIME - dropped)));
}

/** x mod p for whole 0 <= x < 2²¹: the half keeps rounding away from the edges of the floor. */
function modulo(x: tf.Tensor): tf.Tensor {
  const quotient = tf.floor(tf.mul(tf.add(x, 0.5), 1 / PRIME));
  return tf.sub(x, tf.mul(quotient, PRIME));
}
