/** Eigenvalues of symmetric tridiagonal matrices. */

const MAX_ITERATIONS = 60;

/**
 * All eigenvalues, ascending, by the implicitly shifted QL iteration.
 *
 * Source: Dubrulle, Martin and Wilkinson 1968, "The implicit QL algorithm",
 * https://doi.org/10.1007/BF02165404. Absolute error: a few units of 2^-52 times the norm.
 * @param diagonal `[n]`; kept.
 * @param offDiagonal `[n - 1]`: element i couples i and i + 1; kept.
 * @throws {Error} When a value has not converged, which finite input does not cause.
 */
export function tridiagonalEigenvalues(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
): Float64Array {
  const n = diagonal.length;
  const d = diagonal.slice();
  const e = new Float64Array(n);
  e.set(offDiagonal);
  const negligible = 2 ** -53 * largest(d, e);
  for (let low = 0; low < n; low++) {
    for (let iteration = 0;; iteration++) {
      const high = smallCoupling(d, e, low, negligible);
      if (high === low) break;
      if (iteration === MAX_ITERATIONS) {
        throw new Error(
          `Cannot find eigenvalue ${low} of ${n}: no convergence in ${MAX_ITERATIONS} iterations; ` +
            "the matrix must be finite",
        );
      }
      sweep(d, e, low, high);
    }
  }
  return d.sort();
}

/**
 * First index m >= low whose coupling to m + 1 is negligible: against the whole matrix, because beside
 * diagonal elements that are rounding themselves (a matrix of low rank) nothing smaller ever comes.
 */
function smallCoupling(
  d: Float64Array,
  e: Float64Array,
  low: number,
  negligible: number,
): number {
  let m = low;
  while (m < d.length - 1 && Math.abs(e[m]!) > negligible) m++;
  return m;
}

function largest(d: Float64Array, e: Float64Array): number {
  let value = 0;
  for (let i = 0; i < d.length; i++) value = Math.max(value, Math.abs(d[i]!), Math.abs(e[i]!));
  return value;
}

/** One implicit QL sweep over the block low..high: rotations chase the bulge upwards. */
function sweep(d: Float64Array, e: Float64Array, low: number, high: number): void {
  // Wilkinson's shift: the eigenvalue of the leading 2 x 2 block that is nearer to d[low].
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const root = Math.hypot(half, 1);
  let g = d[high]! - d[low]! + e[low]! / (half + (half >= 0 ? root : -root));
  let sine = 1;
  let cosine = 1;
  let p = 0;
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - p;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - p;
    const s = (d[i]! - g) * sine + 2 * cosine * b;
    p = sine * s;
    d[i + 1] = g + p;
    g = cosine * s - b;
  }
  d[low] = d[low]! - p;
  e[low] = g;
  e[high] = 0;
}
