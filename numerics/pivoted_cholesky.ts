/** Cholesky factors of matrices that may be singular. */

export interface PivotedCholesky {
  /** Number of pivots above rounding. */
  readonly rank: number;
  /** `order[i]` is the row of the matrix that stands i-th. */
  readonly order: Int32Array;
  /** Rows of U = Lᵀ, `[rank, size]`, upper trapezoidal: P A Pᵀ = Uᵀ U. */
  readonly upper: Float64Array;
}

/**
 * Factors a positive semidefinite matrix with diagonal pivoting, and stops at its rank.
 *
 * Source: Higham 2002, Accuracy and Stability of Numerical Algorithms, section 10.3; pivots below
 * size * 2^-52 * (largest diagonal element) are rounding, his equation 10.33.
 * @param matrix Symmetric `[size, size]`, float64, row major; kept.
 */
export function pivotedCholesky(matrix: Float64Array, size: number): PivotedCholesky {
  const a = matrix.slice();
  const order = Int32Array.from({ length: size }, (_, index) => index);
  let tolerance = 0;
  for (let k = 0; k < size; k++) {
    const pivot = largestDiagonal(a, size, k);
    const value = a[pivot * size + pivot]!;
    if (k === 0) tolerance = size * 2 ** -52 * value;
    if (!(value > tolerance)) return { rank: k, order, upper: upperRows(a, size, k) };
    if (pivot !== k) swapSymmetric(a, size, k, pivot, order);
    const root = Math.sqrt(value);
    const row = k * size;
    a[row + k] = root;
    for (let j = k + 1; j < size; j++) a[row + j] = a[row + j]! / root;
    for (let i = k + 1; i < size; i++) {
      const factor = a[row + i]!;
      if (factor === 0) continue;
      const target = i * size;
      for (let j = i; j < size; j++) a[target + j] = a[target + j]! - factor * a[row + j]!;
    }
  }
  return { rank: size, order, upper: upperRows(a, size, size) };
}

function largestDiagonal(a: Float64Array, size: number, from: number): number {
  let best = from;
  for (let i = from + 1; i < size; i++) {
    if (a[i * size + i]! > a[best * size + best]!) best = i;
  }
  return best;
}

/** Exchanges rows and columns k < p of a matrix of which the upper triangle counts. */
function swapSymmetric(
  a: Float64Array,
  size: number,
  k: number,
  p: number,
  order: Int32Array,
): void {
  const swap = (x: number, y: number) => {
    const held = a[x]!;
    a[x] = a[y]!;
    a[y] = held;
  };
  for (let i = 0; i < k; i++) swap(i * size + k, i * size + p);
  swap(k * size + k, p * size + p);
  for (let j = k + 1; j < p; j++) swap(k * size + j, j * size + p);
  for (let j = p + 1; j < size; j++) swap(k * size + j, p * size + j);
  const held = order[k]!;
  order[k] = order[p]!;
  order[p] = held;
}

function upperRows(a: Float64Array, size: number, rank: number): Float64Array {
  const upper = a.slice(0, rank * size);
  for (let i = 0; i < rank; i++) upper.fill(0, i * size, i * size + i);
  return upper;
}
