/** Weights of a resampling filter along one axis. */

/** Kernels with a finite reach; `bicubic` is the cubic convolution with a = -0.5. */
export const resampleFilters = ["bilinear", "bicubic"] as const;

export type ResampleFilter = (typeof resampleFilters)[number];

export interface ResampleAxis {
  /** Samples there are. */
  readonly from: number;
  /** Samples wanted. */
  readonly to: number;
  readonly filter: ResampleFilter;
  /** Part of the axis that is spread over the result, in samples, edges included: default all of it. */
  readonly start?: number;
  readonly end?: number;
}

/** One result: the weights of samples `first`, `first + 1`, ...; they sum to 1. */
export interface WeightRow {
  readonly first: number;
  readonly weights: Float64Array;
}

const kernels: Readonly<Record<ResampleFilter, { reach: number; at(x: number): number }>> = {
  bilinear: { reach: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, at: (x) => cubic(Math.abs(x)) },
};

/**
 * One row of weights for each result. Where the axis shrinks, the kernel widens by the same factor, so
 * that every sample counts (antialiasing); at the edges the kernel is cut off and scaled up to sum 1.
 *
 * Source: Pillow 13, `Resample.c`, `precompute_coeffs`, and its `box` as `start` and `end`. Only
 * additions, products and quotients of float64: equal on every machine.
 * @throws {RangeError} When a size is no positive integer, or the part lies outside the axis.
 */
export function resampleWeights(
  { from, to, filter, start = 0, end = from }: ResampleAxis,
): readonly WeightRow[] {
  for (const size of [from, to]) {
    if (Number.isInteger(size) && size > 0) continue;
    throw new RangeError(`Cannot resample ${from} to ${to}: both must be positive integers`);
  }
  if (!(start >= 0 && end > start && end <= from)) {
    throw new RangeError(`Cannot resample ${start} to ${end} of an axis of ${from}`);
  }
  const { reach, at } = kernels[filter];
  const step = (end - start) / to;
  const widening = Math.max(1, step);
  return Array.from({ length: to }, (_, index) => {
    const center = start + (index + 0.5) * step;
    const first = Math.max(0, Math.trunc(center - reach * widening + 0.5));
    const last = Math.min(from, Math.trunc(center + reach * widening + 0.5));
    const weights = Float64Array.from(
      { length: last - first },
      (_, i) => at((first + i - center + 0.5) / widening),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Keys 1981, equation 4, with a = -0.5. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((x - 5) * x + 8) * x * a - 4 * a;
  return 0;
}
