/** Many uniform numbers from few. */

import * as tf from "@tensorflow/tfjs-core";

/** A prime, so that products modulo it spread evenly; so small that the sums below are exact in float32. */
export const HASH_PRIME = 1021;

/** Numbers of a row or a column: 2 make elements of two rows independent. */
export const HASH_NUMBERS = 2;

/**
 * Whole numbers uniform in {0..p−1}, p = 1021, one for each element of `[group, row, column]`.
 *
 * A draw for each element would be as large as the matrix, and the host would have to make it. Here each row and each
 * column has two, which become a ∈ {1..p−1}² and b ∈ {0..p−1}², and the element's number is a · b mod p: the
 * inner-product hash of Carter & Wegman 1979. Elements of one row are independent, and so are those of one column and
 * of two rows whose a are not proportional (all but one pair in a thousand). All values are whole and below 2²¹, so
 * every backend gives the same.
 * @param rows `[group, row, 2]`, uniform in (0, 1).
 * @param columns `[group, column, 2]`, uniform in (0, 1).
 */
export function hashedUniforms(rows: tf.Tensor, columns: tf.Tensor): tf.Tensor3D {
  const a = tf.add(tf.floor(tf.mul(rows, HASH_PRIME - 1)), 1) as tf.Tensor3D;
  const b = tf.floor(tf.mul(columns, HASH_PRIME)) as tf.Tensor3D;
  return modulo(tf.matMul(a, b, false, true)) as tf.Tensor3D;
}

/** x mod p for whole 0 <= x < 2²¹: the half keeps rounding away from the edges of the floor. */
function modulo(x: tf.Tensor): tf.Tensor {
  const quotient = tf.floor(tf.mul(tf.add(x, 0.5), 1 / HASH_PRIME));
  return tf.sub(x, tf.mul(quotient, HASH_PRIME));
}
