/** Products of float64 matrices. */

/** Rows of the result held in the cache while the other factor streams by. */
const ROW_BLOCK = 16;

/**
 * a b, float64. Zeros of `a` are skipped in groups of four, so triangular and diagonal factors cost less.
 *
 * @param a `[rows, inner]`, row major.
 * @param b `[inner, columns]`, row major.
 * @returns `[rows, columns]`.
 */
export function multiplyMatrices(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let start = 0; start < rows; start += ROW_BLOCK) {
    const end = Math.min(rows, start + ROW_BLOCK);
    for (let k = 0; k < inner; k += 4) {
      for (let i = start; i < end; i++) accumulate(a, b, result, i, k, inner, columns);
    }
  }
  return result;
}

/** result[i, :] += a[i, k..k+3] b[k..k+3, :]. */
function accumulate(
  a: Float64Array,
  b: Float64Array,
  result: Float64Array,
  i: number,
  k: number,
  inner: number,
  columns: number,
): void {
  const from = i * inner + k;
  const left = inner - k;
  const a0 = a[from]!;
  const a1 = left > 1 ? a[from + 1]! : 0;
  const a2 = left > 2 ? a[from + 2]! : 0;
  const a3 = left > 3 ? a[from + 3]! : 0;
  if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0) return;
  const target = i * columns;
  const b0 = k * columns;
  // Past the last row, row k stands in: its factor is 0.
  const b1 = left > 1 ? b0 + columns : b0;
  const b2 = left > 2 ? b1 + columns : b0;
  const b3 = left > 3 ? b2 + columns : b0;
  for (let j = 0; j < columns; j++) {
    result[target + j] = result[target + j]! + a0 * b[b0 + j]! + a1 * b[b1 + j]! +
      a2 * b[b2 + j]! + a3 * b[b3 + j]!;
  }
}

/** `[rows, columns] -> [columns, rows]`, in tiles that stay in the cache. */
export function transposeMatrix(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(a.length);
  for (let top = 0; top < rows; top += 32) {
    const bottom = Math.min(rows, top + 32);
    for (let j = 0; j < columns; j++) {
      for (let i = top; i < bottom; i++) result[j * rows + i] = a[i * columns + j]!;
    }
  }
  return result;
}
