/** The kernel distance as stages compute it. */

import type { Features } from "../../metrics/features.ts";
import { type Kid, kid } from "../../metrics/kid.ts";
import { deriveSeed } from "../../numerics/random.ts";

const SUBSETS = 100;
/** Rows of a subset, as everywhere; of smaller sets the half, or all subsets would be one and the same. */
const LARGEST = 1000;

/** What `kidOfSubsets` does, for protocols. */
export const kidProtocol =
  `kernel (x·y / d + 1)³, unbiased MMD², mean over ${SUBSETS} random subsets of ${LARGEST} without ` +
  "replacement, or of half the smaller set; not clamped, so it may be negative";

/** Mean and spread over subsets, and their size. @throws {RangeError} When a set has fewer than four rows. */
export function kidOfSubsets(
  x: Features,
  y: Features,
  seed: bigint,
): Kid & { readonly size: number } {
  const size = Math.min(LARGEST, Math.floor(Math.min(x.count, y.count) / 2));
  return { ...kid(x, y, { subsets: SUBSETS, size, seed: deriveSeed(seed, "kid") }), size };
}
