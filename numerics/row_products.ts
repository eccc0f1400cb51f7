/** All dot products between the rows of two matrices, without ever holding all of them. */

import { multiplyMatrices, transposeMatrix } from "./multiply_matrices.ts";

/** Rows of x that are multiplied together: enough to reuse what the cache holds of y. */
const BLOCK = 64;

export interface Rows {
  /** `[count, dimensions]`, row major. */
  readonly data: Float32Array | Float64Array;
  readonly count: number;
  readonly dimensions: number;
}

/**
 * For each row of x, in order, its dot products with all rows of y: float64, `[y.count]`.
 *
 * A product is the sum over dimensions in ascending order, so it is the same number for (a, b) as for (b, a)
 * and wherever rows stand. Memory: both matrices in float64 and 64 rows of the result; what is yielded is
 * overwritten later.
 */
export function* rowProducts(x: Rows, y: Rows): Generator<Float64Array> {
  const { dimensions } = x;
  const right = transposeMatrix(Float64Array.from(y.data), y.count, dimensions);
  for (let from = 0; from < x.count; from += BLOCK) {
    const to = Math.min(x.count, from + BLOCK);
    const left = Float64Array.from(x.data.subarray(from * dimensions, to * dimensions));
    const products = multiplyMatrices(left, right, to - from, dimensions, y.count);
    for (let row = from; row < to; row++) {
      const start = (row - from) * y.count;
      yield products.subarray(start, start + y.count);
    }
  }
}

/**
 * For each row of x, in order, its squared distances |x − y|² to all rows of y, `[y.count]`; overwritten
 * later. Computed as |x|² + |y|² − 2 x·y: 0 for equal rows, and otherwise off by rounding of the squares.
 */
export function* squaredDistances(x: Rows, y: Rows): Generator<Float64Array> {
  const [ownSquares, squares] = [squaredNorms(x), squaredNorms(y)];
  let row = 0;
  for (const products of rowProducts(x, y)) {
    const own = ownSquares[row++]!;
    for (let j = 0; j < products.length; j++) {
      products[j] = Math.max(0, own + squares[j]! - 2 * products[j]!);
    }
    yield products;
  }
}

/** |x|² of each row, summed in the order of `rowProducts`, or equal rows would not be at distance 0. */
function squaredNorms({ data, count, dimensions }: Rows): Float64Array {
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = i * dimensions; k < (i + 1) * dimensions; k++) sum += data[k]! * data[k]!;
    norms[i] = sum;
  }
  return norms;
}
