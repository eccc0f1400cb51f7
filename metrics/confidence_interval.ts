/** How far a mean over clips may be off. */

import { normalQuantile } from "../numerics/normal_quantile.ts";

/**
 * - `sample`: z s / √n with s of divisor n − 1 and z = 1.959964: `scipy.stats.sem`, MCVD.
 * - `srvp`: 1.960 s / √n with divisor n, as SRVP prints.
 */
export type IntervalConvention = "sample" | "srvp";

/**
 * Half width of the 95 % interval of a mean, by the normal approximation.
 *
 * Resample or count *clips*, not frames: frames of one clip are not independent.
 * @returns 0 for one value by `srvp`, and NaN by `sample`, which needs two.
 */
export function confidenceInterval(
  values: ArrayLike<number>,
  convention: IntervalConvention = "sample",
): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  if (convention === "srvp") return (1.96 * Math.sqrt(squares / n)) / Math.sqrt(n);
  return (normalQuantile(0.975) * Math.sqrt(squares / (n - 1))) / Math.sqrt(n);
}
