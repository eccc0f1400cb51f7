/** The kernel distance between features of two sets: "KID". */

import { rowProducts } from "../numerics/row_products.ts";
import { drawRows, type Features, requireComparable, takeRows } from "./features.ts";
import type { MetricInfo } from "./metric.ts";

export const kidInfo: MetricInfo = {
  id: "kid",
  unit: "1",
  better: "lower",
  summary: "Squared maximum mean discrepancy between the features of two sets of images",
  // In expectation over sets of one distribution; of one set with itself it is below 0.
  identity: 0,
  symmetric: true,
};

/**
 * - `unbiased`: no element meets itself within a set; its mean over sets is the true value, at any N.
 * - `biased`: all pairs; never below 0, and above the true value.
 * - `u_statistic`: drops pairs of equal index between the sets too, which must be equally large.
 */
export type MmdEstimator = "unbiased" | "biased" | "u_statistic";

/**
 * MMD² of the kernel k(x, y) = (x·y / d + 1)³.
 *
 * Σ k(xᵢ, xⱼ) / (m (m − 1)) + Σ k(yᵢ, yⱼ) / (n (n − 1)) − 2 Σ k(xᵢ, yⱼ) / (m n), i ≠ j within a set.
 * Sources: Gretton et al. 2012, https://jmlr.org/papers/v13/gretton12a.html, lemma 6; Bińkowski et al. 2018,
 * https://arxiv.org/abs/1801.01401, for the kernel.
 * Accuracy: rounding of the sums in float64; tests hold it to 1e-12 of the kernel's mean.
 * @returns May be negative, and is not clamped: means over subsets would be biased.
 * @throws {RangeError} When a set has fewer than two rows, or sizes do not fit.
 */
export function polynomialMmd(
  x: Features,
  y: Features,
  estimator: MmdEstimator = "unbiased",
): number {
  requireComparable("the kernel distance", x, y);
  const [m, n] = [x.count, y.count];
  if (Math.min(m, n) < 2 || (estimator === "u_statistic" && m !== n)) {
    const needed = estimator === "u_statistic"
      ? "as many rows in both sets"
      : "two rows of each set";
    throw new RangeError(
      `Cannot compute the kernel distance: it needs ${needed}, but there are ${m} and ${n}`,
    );
  }
  const isOwnDiagonalIn = estimator === "biased";
  const within = (set: Features) =>
    kernelSum(set, set, isOwnDiagonalIn) / (set.count * (set.count - (isOwnDiagonalIn ? 0 : 1)));
  const across = estimator === "u_statistic"
    ? kernelSum(x, y, false) / (m * (m - 1))
    : kernelSum(x, y, true) / (m * n);
  return within(x) + within(y) - 2 * across;
}

export interface KidOptions {
  /** Random subsets of each set; 100 is usual. */
  readonly subsets: number;
  /** Rows in a subset; 1000 is usual. */
  readonly size: number;
  readonly seed: bigint;
}

export interface Kid {
  readonly mean: number;
  /** Standard deviation over subsets, divisor n. */
  readonly std: number;
}

/**
 * Mean and spread of the unbiased MMD² over random subsets, drawn without replacement, as torch-fidelity
 * and clean-fid print them.
 *
 * Cost: three products of [size, size, d] for each subset, or of the whole sets once where that is less.
 * @throws {RangeError} When a set has fewer rows than a subset.
 */
export function kid(x: Features, y: Features, { subsets, size, seed }: KidOptions): Kid {
  requireComparable("kid", x, y);
  if (Math.min(x.count, y.count) < size || size < 2 || subsets < 1) {
    throw new RangeError(
      `Cannot compute kid of ${subsets} subsets of ${size}: sets must have at least that many rows, ` +
        `and a subset two, but there are ${x.count} and ${y.count}`,
    );
  }
  const drawn = Array.from({ length: subsets }, (_, draw): Subset => ({
    x: drawRows(x.count, size, { seed, draw, lane: 0 }),
    y: drawRows(y.count, size, { seed, draw, lane: 1 }),
  }));
  const whole = x.count ** 2 + y.count ** 2 + x.count * y.count;
  const values = whole <= 3 * subsets * size ** 2
    ? valuesOfOnePass(x, y, drawn)
    : drawn.map((subset) => polynomialMmd(takeRows(x, subset.x), takeRows(y, subset.y)));
  const mean = values.reduce((sum, value) => sum + value / subsets, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / subsets, 0);
  return { mean, std: Math.sqrt(variance) };
}

interface Subset {
  /** Rows of the subset, ascending. */
  readonly x: Int32Array;
  readonly y: Int32Array;
}

/** The kernel of all pairs once; each subset adds up its own. */
function valuesOfOnePass(x: Features, y: Features, subsets: readonly Subset[]): number[] {
  const size = subsets[0]!.x.length;
  const xx = subsetSums(x, x, subsets.map((subset) => [subset.x, subset.x]), false);
  const yy = subsetSums(y, y, subsets.map((subset) => [subset.y, subset.y]), false);
  const xy = subsetSums(x, y, subsets.map((subset) => [subset.x, subset.y]), true);
  return subsets.map((_, i) =>
    (xx[i]! + yy[i]!) / (size * (size - 1)) - (2 * xy[i]!) / (size * size)
  );
}

/** For each pair of index lists, Σ k over rows of the first and columns of the second list. */
function subsetSums(
  a: Features,
  b: Features,
  lists: readonly (readonly [rows: Int32Array, columns: Int32Array])[],
  isDiagonalIn: boolean,
): Float64Array {
  const sums = new Float64Array(lists.length);
  const next = new Int32Array(lists.length);
  let row = 0;
  for (const values of kernelRows(a, b)) {
    lists.forEach(([rows, columns], list) => {
      if (rows[next[list]!] !== row) return;
      next[list] = next[list]! + 1;
      let sum = 0;
      for (let i = 0; i < columns.length; i++) sum += values[columns[i]!]!;
      sums[list] = sums[list]! + sum - (isDiagonalIn ? 0 : values[row]!);
    });
    row++;
  }
  return sums;
}

/** Σ k over all pairs, with or without those of equal index. */
function kernelSum(a: Features, b: Features, isDiagonalIn: boolean): number {
  let total = 0;
  let row = 0;
  for (const values of kernelRows(a, b)) {
    // Row by row, because the terms of the estimate cancel: one long sum loses more digits.
    let sum = 0;
    for (let j = 0; j < values.length; j++) {
      if (isDiagonalIn || j !== row) sum += values[j]!;
    }
    total += sum;
    row++;
  }
  return total;
}

/** k of each row of a with all rows of b. */
function* kernelRows(a: Features, b: Features): Generator<Float64Array> {
  for (const products of rowProducts(a, b)) {
    for (let j = 0; j < products.length; j++) {
      const base = products[j]! / a.dimensions + 1;
      products[j] = base * base * base;
    }
    yield products;
  }
}
