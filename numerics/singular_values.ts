/** Singular values of matrices. */

import { transposeMatrix } from "./multiply_matrices.ts";
import { tridiagonalEigenvalues } from "./tridiagonal_eigenvalues.ts";

/**
 * All min(rows, columns) singular values, descending; the condition number is never squared.
 *
 * Householder bidiagonalisation (Golub and Kahan 1965, https://doi.org/10.1137/0702016), then the
 * eigenvalues ±σ of the tridiagonal matrix with zero diagonal and the bidiagonal's elements, interleaved,
 * beside it. Absolute error: a small multiple of size * 2^-52 * (largest value). One-sided Jacobi would
 * be as exact for their sum and takes ten times as long at 256 x 256.
 * @param matrix `[rows, columns]`, float64, row major; kept.
 */
export function singularValues(matrix: Float64Array, rows: number, columns: number): Float64Array {
  // Reflections run along rows, which are contiguous: make the long side the row.
  if (rows > columns) {
    return singularValues(transposeMatrix(matrix, rows, columns), columns, rows);
  }
  const a = matrix.slice();
  const coupling = new Float64Array(Math.max(0, 2 * rows - 1));
  const v = new Float64Array(columns);
  const u = new Float64Array(rows);
  for (let k = 0; k < rows; k++) {
    // Row k from its diagonal on -> one element; then column k below the diagonal -> one element.
    coupling[2 * k] = reflectRow(a, k, columns, v);
    applyToRows(a, k, rows, columns, v);
    if (k + 1 === rows) break;
    coupling[2 * k + 1] = reflectColumn(a, k, rows, columns, u);
    applyToColumns(a, k, rows, columns, u);
  }
  const eigenvalues = tridiagonalEigenvalues(new Float64Array(2 * rows), coupling);
  // Half of them are the negatives of the others; rounding may leave a zero as -1e-17.
  return eigenvalues.slice(rows).reverse().map((value) => Math.max(0, value));
}

/** Unit v with (I − 2 v vᵀ) a[k, k..] a multiple of the first unit vector; returns the multiple. */
function reflectRow(a: Float64Array, k: number, columns: number, v: Float64Array): number {
  const row = k * columns;
  for (let j = k; j < columns; j++) v[j] = a[row + j]!;
  return makeReflection(v, k, columns);
}

/** The same for a[k + 1.., k]. */
function reflectColumn(
  a: Float64Array,
  k: number,
  rows: number,
  columns: number,
  u: Float64Array,
): number {
  for (let i = k + 1; i < rows; i++) u[i] = a[i * columns + k]!;
  return makeReflection(u, k + 1, rows);
}

function makeReflection(v: Float64Array, from: number, to: number): number {
  let scale = 0;
  for (let j = from + 1; j < to; j++) scale = Math.max(scale, Math.abs(v[j]!));
  const first = v[from]!;
  if (scale === 0) {
    v.fill(0, from, to);
    return first;
  }
  scale = Math.max(scale, Math.abs(first));
  let squares = 0;
  for (let j = from; j < to; j++) {
    v[j] = v[j]! / scale;
    squares += v[j]! * v[j]!;
  }
  const norm = Math.sqrt(squares);
  const target = v[from]! >= 0 ? -norm : norm;
  const length = Math.sqrt(2 * (squares - target * v[from]!));
  v[from] = v[from]! - target;
  for (let j = from; j < to; j++) v[j] = v[j]! / length;
  return target * scale;
}

/** Rows below k: a <- a − 2 (a v) vᵀ. */
function applyToRows(
  a: Float64Array,
  k: number,
  rows: number,
  columns: number,
  v: Float64Array,
): void {
  for (let i = k + 1; i < rows; i++) {
    const row = i * columns;
    let sum = 0;
    for (let j = k; j < columns; j++) sum += a[row + j]! * v[j]!;
    sum *= 2;
    for (let j = k; j < columns; j++) a[row + j] = a[row + j]! - sum * v[j]!;
  }
}

/** Columns beyond k, rows below k: a <- a − 2 u (uᵀ a). */
function applyToColumns(
  a: Float64Array,
  k: number,
  rows: number,
  columns: number,
  u: Float64Array,
): void {
  const sums = new Float64Array(columns);
  for (let i = k + 1; i < rows; i++) {
    const factor = 2 * u[i]!;
    const row = i * columns;
    for (let j = k + 1; j < columns; j++) sums[j] = sums[j]! + factor * a[row + j]!;
  }
  for (let i = k + 1; i < rows; i++) {
    const factor = u[i]!;
    const row = i * columns;
    for (let j = k + 1; j < columns; j++) a[row + j] = a[row + j]! - factor * sums[j]!;
  }
}
