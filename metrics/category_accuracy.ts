/** Whether generated things are of the category that was asked for. */

import type { MetricInfo } from "./metric.ts";

export const categoryAccuracyInfo: MetricInfo = {
  id: "category_accuracy",
  unit: "1",
  better: "higher",
  summary: "Share of clips in which a classifier finds the category that was asked for",
  identity: 1,
  symmetric: true,
};

/** 1 where a classifier found what was wanted, else 0; their mean is the accuracy. */
export function categoryHits(found: ArrayLike<number>, wanted: ArrayLike<number>): Float64Array {
  if (found.length !== wanted.length) {
    throw new RangeError(
      `Cannot compare categories: ${found.length} were found, but ${wanted.length} were wanted`,
    );
  }
  return Float64Array.from({ length: found.length }, (_, i) => found[i] === wanted[i] ? 1 : 0);
}
