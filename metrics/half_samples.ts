/** How far a number may be off that is computed from a whole set. */

import { normalQuantile } from "../numerics/normal_quantile.ts";
import { drawRows, type Features, takeRows } from "./features.ts";

/**
 * Half width of the 95 % interval of a statistic of a set: 1.96 standard deviations of it over random
 * halves, drawn without replacement.
 *
 * The mean of n / 2 out of n values varies as much as the mean of n values of the whole population
 * (Cochran 1977, Sampling Techniques, theorem 2.2: (1 − 1/2) σ² / (n / 2) = σ² / n), so to first order the
 * spread needs no correction. Drawing with replacement would repeat rows, which lowers the rank of a
 * covariance and shifts a Fréchet distance.
 * @throws {RangeError} When a half has fewer than two rows, or there are fewer than two halves.
 */
export function halfSampleInterval(
  set: Features,
  statistic: (half: Features) => number,
  { resamples, seed }: { readonly resamples: number; readonly seed: bigint },
): number {
  const size = Math.floor(set.count / 2);
  if (size < 2 || resamples < 2) {
    throw new RangeError(
      `Cannot compute an interval: it needs two halves of two images, but there are ${resamples} ` +
        `halves of ${set.count} images`,
    );
  }
  const values = Array.from(
    { length: resamples },
    (_, draw) => statistic(takeRows(set, drawRows(set.count, size, { seed, draw }))),
  );
  const mean = values.reduce((sum, value) => sum + value / resamples, 0);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return normalQuantile(0.975) * Math.sqrt(squares / (resamples - 1));
}
