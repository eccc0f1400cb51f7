/** Eigenvalues of symmetric matrices. */

import { tridiagonalEigenvalues } from "./tridiagonal_eigenvalues.ts";

/**
 * All eigenvalues, ascending: Householder reduction to tridiagonal form, then implicit QL.
 *
 * Source: Golub and Van Loan 2013, Matrix Computations, algorithm 8.3.1. Only the lower triangle is
 * read, row by row. Absolute error: a small multiple of size * 2^-52 * (norm of the matrix).
 * @param matrix Symmetric `[size, size]`, float64, row major; kept.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const a = matrix.slice();
  const diagonal = new Float64Array(size);
  const offDiagonal = new Float64Array(Math.max(0, size - 1));
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let last = size - 1; last >= 1; last--) {
    const row = last * size;
    diagonal[last] = a[row + last]!;
    offDiagonal[last - 1] = reflect(a, row, last, v);
    if (v[last - 1] === 0) continue;
    applyBothSides(a, size, last, v, w);
  }
  if (size > 0) diagonal[0] = a[0]!;
  return tridiagonalEigenvalues(diagonal, offDiagonal);
}

/**
 * The reflection I − 2 v vᵀ (|v| = 1) that takes a[row, 0..last-1] to a multiple of its last unit
 * vector; returns the multiple. v[last - 1] = 0 says that there is nothing to reflect.
 */
function reflect(a: Float64Array, row: number, last: number, v: Float64Array): number {
  let scale = 0;
  for (let j = 0; j < last - 1; j++) scale = Math.max(scale, Math.abs(a[row + j]!));
  const corner = a[row + last - 1]!;
  if (scale === 0) {
    v[last - 1] = 0;
    return corner;
  }
  scale = Math.max(scale, Math.abs(corner));
  let squares = 0;
  for (let j = 0; j < last; j++) {
    v[j] = a[row + j]! / scale;
    squares += v[j]! * v[j]!;
  }
  const norm = Math.sqrt(squares);
  // The sign that adds, never cancels.
  const target = v[last - 1]! >= 0 ? -norm : norm;
  v[last - 1] = v[last - 1]! - target;
  const length = Math.sqrt(2 * (squares - target * (v[last - 1]! + target)));
  for (let j = 0; j < last; j++) v[j] = v[j]! / length;
  return target * scale;
}

/** A <- H A H for the leading block of `n` rows: A − v wᵀ − w vᵀ with w = 2 A v − 2 (vᵀ A v) v. */
function applyBothSides(
  a: Float64Array,
  size: number,
  n: number,
  v: Float64Array,
  w: Float64Array,
): void {
  w.fill(0, 0, n);
  for (let i = 0; i < n; i++) {
    const row = i * size;
    const vi = v[i]!;
    let sum = a[row + i]! * vi;
    for (let j = 0; j < i; j++) {
      sum += a[row + j]! * v[j]!;
      w[j] = w[j]! + a[row + j]! * vi;
    }
    w[i] = w[i]! + sum;
  }
  let projection = 0;
  for (let i = 0; i < n; i++) projection += v[i]! * w[i]!;
  for (let i = 0; i < n; i++) w[i] = 2 * (w[i]! - projection * v[i]!);
  for (let i = 0; i < n; i++) {
    const row = i * size;
    const vi = v[i]!;
    const wi = w[i]!;
    for (let j = 0; j <= i; j++) a[row + j] = a[row + j]! - vi * w[j]! - wi * v[j]!;
  }
}
