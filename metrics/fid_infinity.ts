/** The Fréchet distance that infinitely many generated images would have. */

import { fitLine, type Line } from "../numerics/fit_line.ts";
import { drawRows, type Features, takeRows } from "./features.ts";
import type { MetricInfo } from "./metric.ts";

export const fidInfinityInfo: MetricInfo = {
  id: "fid_infinity",
  unit: "1",
  better: "lower",
  summary: "Fréchet distance extrapolated to infinitely many generated images",
  identity: 0,
  symmetric: false,
};

/** Distances are measured at so many sizes. */
export const FID_INFINITY_SIZES = 15;

export interface FidInfinity extends Line {
  readonly sizes: readonly number[];
  /** The distance at each size. */
  readonly values: readonly number[];
}

/**
 * Fréchet distances of random parts of the generated images, and the line through them over 1 / size:
 * its value at 0, the `intercept`, is free of most of the bias that few images cause.
 *
 * Source: Chong and Forsyth 2020, https://arxiv.org/abs/1911.07023, section 3; as there the reference
 * stays whole, so the bias of *its* size remains. Parts are prefixes of shuffles that depend on the seed.
 * @param from Smallest size; the paper's code takes 5000. It must exceed the features' dimensions by far.
 * @throws {RangeError} When there are not more images than `from`.
 */
export function fidInfinity(
  generated: Features,
  distance: (part: Features) => number,
  { from, seed }: { readonly from: number; readonly seed: bigint },
): FidInfinity {
  if (from < 2 || from >= generated.count) {
    throw new RangeError(
      `Cannot extrapolate fid: sizes must rise from 2 or more, but they go from ${from} to ` +
        `${generated.count}`,
    );
  }
  const sizes = Array.from(
    { length: FID_INFINITY_SIZES },
    // numpy: linspace(from, count, 15).astype(int).
    (_, i) => Math.trunc(from + (i * (generated.count - from)) / (FID_INFINITY_SIZES - 1)),
  );
  const values = sizes.map((size, draw) =>
    distance(takeRows(generated, drawRows(generated.count, size, { seed, draw })))
  );
  return { sizes, values, ...extrapolate(sizes, values) };
}

/** The least-squares line of values over 1 / size. */
export function extrapolate(sizes: readonly number[], values: readonly number[]): Line {
  return fitLine(sizes.map((size) => 1 / size), values);
}
