/** The Fréchet distance between Gaussians that features were drawn from: the "FID" of an extractor. */

import { multiplyMatrices, transposeMatrix } from "../numerics/multiply_matrices.ts";
import { type PivotedCholesky, pivotedCholesky } from "../numerics/pivoted_cholesky.ts";
import { RunningCovariance } from "../numerics/running_covariance.ts";
import { singularValues } from "../numerics/singular_values.ts";
import { symmetricEigenvalues } from "../numerics/symmetric_eigenvalues.ts";
import { type Features, requireComparable } from "./features.ts";
import type { MetricInfo } from "./metric.ts";

export const fidInfo: MetricInfo = {
  id: "fid",
  unit: "1",
  better: "lower",
  summary: "Fréchet distance between the features of two sets of images",
  identity: 0,
  symmetric: true,
};

export interface Gaussian {
  /** `[d]`. */
  readonly mean: Float64Array;
  /** `[d, d]`, row major, divisor N − 1. */
  readonly covariance: Float64Array;
}

export interface FrechetDistance {
  /** >= 0: a negative value within rounding counts as 0. */
  readonly value: number;
  /** Before that. */
  readonly raw: number;
  /** Which of the exact forms of the trace of the root was used. */
  readonly route:
    | "nuclear norm of features"
    | "nuclear norm of features and Cholesky"
    | "Cholesky of covariances";
}

/**
 * |μa − μb|² + Tr Σa + Tr Σb − 2 Tr (Σa Σb)^½.
 *
 * Source: Heusel et al. 2017, https://arxiv.org/abs/1706.08500. The trace of the root is Σ √eig(L Σb Lᵀ)
 * with Σa = Lᵀ L, so only eigenvalues of a symmetric matrix are needed: no complex square root, and
 * nothing is added to the diagonal.
 * Accuracy: 1e-9 relative for full rank. Singular covariances: 1e-6 of the traces, because a root turns an
 * eigenvalue's rounding of 1e-16 into 1e-8; `frechetDistanceOfFeatures` avoids that.
 * @throws {RangeError} When the dimensions differ or a number is not finite.
 * @throws {Error} When the result is negative beyond rounding: the covariances are not covariances.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): FrechetDistance {
  const d = a.mean.length;
  if (b.mean.length !== d || a.covariance.length !== d * d || b.covariance.length !== d * d) {
    throw new RangeError(
      `Cannot compute the Fréchet distance: means have ${d} and ${b.mean.length} dimensions, ` +
        `covariances ${a.covariance.length} and ${b.covariance.length} elements`,
    );
  }
  const root = traceOfRoot(a.covariance, b.covariance, d);
  return assemble(a, b, root, "Cholesky of covariances");
}

/** The same distance from features. @throws {RangeError} As `frechetDistanceTo`. */
export function frechetDistanceOfFeatures(x: Features, y: Features): FrechetDistance {
  return frechetDistanceTo(y)(x);
}

/**
 * The same distance from features to one reference, features or statistics, which is prepared once.
 *
 * Where a set has no more rows than dimensions, its covariance is singular; then the trace of the root is
 * the nuclear norm of A Bᵀ, A and B the centred features over √(N − 1): exact to 1e-10. Of a set with more
 * rows, or of statistics, the Cholesky factor of the covariance stands in for B. Source: FastFID,
 * https://arxiv.org/abs/2009.14075.
 * @throws {RangeError} When dimensions differ, or a set has fewer than two rows.
 */
export function frechetDistanceTo(
  reference: Features | Gaussian,
): (x: Features) => FrechetDistance {
  const y = "data" in reference ? reference : undefined;
  const b = "data" in reference ? gaussianOf(reference) : reference;
  const dimensions = b.mean.length;
  let transposed: Float64Array | undefined;
  let cholesky: PivotedCholesky | undefined;
  return (x) => {
    requireComparable("the Fréchet distance", x, y ?? { ...x, dimensions });
    const a = gaussianOf(x);
    const isFew = y !== undefined && y.count <= dimensions;
    if (x.count > dimensions && !isFew) return frechetDistance(a, b);
    if (x.count <= dimensions && isFew) {
      transposed ??= transposeMatrix(centre(y, b.mean), y.count, dimensions);
      const root = nuclearNorm(centre(x, a.mean), transposed, x.count, dimensions, y.count);
      return assemble(a, b, root, "nuclear norm of features");
    }
    const root = isFew
      ? mixedRoot(centre(y, b.mean), y.count, pivotedCholesky(a.covariance, dimensions))
      : mixedRoot(
        centre(x, a.mean),
        x.count,
        cholesky ??= pivotedCholesky(b.covariance, dimensions),
      );
    return assemble(a, b, root, "nuclear norm of features and Cholesky");
  };
}

/** Mean and covariance of features, divisor N − 1. @throws {RangeError} When there are fewer than two rows. */
export function gaussianOf({ data, count, dimensions }: Features): Gaussian {
  if (data.length !== count * dimensions) {
    throw new RangeError(
      `Cannot compute statistics: [${count}, ${dimensions}] holds ${count * dimensions} numbers, ` +
        `but there are ${data.length}`,
    );
  }
  const statistics = new RunningCovariance(dimensions);
  statistics.add(data);
  return { mean: statistics.mean(), covariance: statistics.covariance() };
}

function assemble(
  a: Gaussian,
  b: Gaussian,
  root: number,
  route: FrechetDistance["route"],
): FrechetDistance {
  const traces = trace(a) + trace(b);
  const raw = squaredDistance(a.mean, b.mean) + traces - 2 * root;
  if (!Number.isFinite(raw)) {
    throw new RangeError(
      `Cannot compute the Fréchet distance: it is ${raw}, so the features are not finite`,
    );
  }
  if (raw < -1e-6 * traces) {
    throw new Error(
      `Cannot compute the Fréchet distance: it is ${raw} for traces of ${traces}; ` +
        "rounding explains no more than a millionth of them, so a covariance is not positive",
    );
  }
  return { value: Math.max(0, raw), raw, route };
}

/** Tr (Σa Σb)^½. */
function traceOfRoot(a: Float64Array, b: Float64Array, d: number): number {
  if (!a.every(Number.isFinite) || !b.every(Number.isFinite)) return NaN;
  const { rank, order, upper } = pivotedCholesky(a, d);
  if (rank === 0) return 0;
  // Rows and columns of b in the order of the pivots: [d, d].
  const permuted = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    const row = order[i]! * d;
    for (let j = 0; j < d; j++) permuted[i * d + j] = b[row + order[j]!]!;
  }
  // U P b Pᵀ Uᵀ, [rank, rank]; U stands left both times, because its zeros are skipped there.
  const half = multiplyMatrices(upper, permuted, rank, d, d);
  const sandwich = multiplyMatrices(upper, transposeMatrix(half, rank, d), rank, d, rank);
  return sum(symmetricEigenvalues(sandwich, rank).map((value) => Math.sqrt(Math.max(0, value))));
}

/** ‖A B‖₊, the sum of singular values: A `[rows, inner]`, B `[inner, columns]`. */
function nuclearNorm(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): number {
  const product = multiplyMatrices(a, b, rows, inner, columns);
  return product.every(Number.isFinite) ? sum(singularValues(product, rows, columns)) : NaN;
}

/** Tr (AᵀA Σ)^½ = ‖A Uᵀ‖₊ for few rows A `[count, d]` and Σ = Uᵀ U. */
function mixedRoot(
  rows: Float64Array,
  count: number,
  { rank, order, upper }: PivotedCholesky,
): number {
  if (rank === 0) return 0;
  const d = order.length;
  const permuted = new Float64Array(count * d);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < d; j++) permuted[i * d + j] = rows[i * d + order[j]!]!;
  }
  return nuclearNorm(permuted, transposeMatrix(upper, rank, d), count, d, rank);
}

/** (x − μ) / √(N − 1). */
function centre({ data, count, dimensions }: Features, mean: Float64Array): Float64Array {
  const scale = 1 / Math.sqrt(count - 1);
  return Float64Array.from(data, (value, index) => (value - mean[index % dimensions]!) * scale);
}

function trace({ mean, covariance }: Gaussian): number {
  let total = 0;
  for (let i = 0; i < mean.length; i++) total += covariance[i * (mean.length + 1)]!;
  return total;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i]! - b[i]!) ** 2;
  return total;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
