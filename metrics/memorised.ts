/** Whether a model repeats the images that it was trained on. */

import { type Rows, squaredDistances } from "../numerics/row_products.ts";
import type { MetricInfo } from "./metric.ts";

export const memorisedInfo: MetricInfo = {
  id: "memorised",
  unit: "1",
  better: "lower",
  summary: "Share of samples as near to a training image as only the nearest held-out images are",
  identity: 1,
  symmetric: false,
};

export const nearestTrainInfo: MetricInfo = {
  id: "nearest_train",
  unit: "rms intensity",
  better: "higher",
  summary: "Distance from a sample to the nearest training image, in pixels' intensities",
  identity: 0,
  symmetric: false,
};

/** The share of held-out images that counts as near: what new images are expected to score. */
export const MEMORISED_LEVEL = 0.05;

export interface Nearest {
  /** Row of the set. */
  readonly index: Int32Array;
  /** Root mean square over the dimensions. */
  readonly distance: Float64Array;
}

/** For each row of x, the nearest row of a set that comes in parts, exact. Memory: one part in float64. */
export function nearestRows(x: Rows, parts: Iterable<Rows>): Nearest {
  const index = new Int32Array(x.count);
  const distance = new Float64Array(x.count).fill(Infinity);
  let first = 0;
  for (const part of parts) {
    let row = 0;
    for (const squares of squaredDistances(x, part)) {
      for (let j = 0; j < squares.length; j++) {
        if (squares[j]! < distance[row]!) {
          distance[row] = squares[j]!;
          index[row] = first + j;
        }
      }
      row++;
    }
    first += part.count;
  }
  return { index, distance: distance.map((square) => Math.sqrt(square / x.dimensions)) };
}

/**
 * The share of samples whose distance to the training images is at most that of the nearest 5 % of
 * held-out images: about 0.05 for samples that are as new as those, 1 for copies.
 *
 * After Meehan et al. 2020, https://arxiv.org/abs/2004.05675, who compare the two sets of distances by ranks;
 * the lower end alone is compared here, because blurred samples are near to everything on average.
 */
export function memorisedShare(samples: Float64Array, heldOut: Float64Array): number {
  const sorted = heldOut.toSorted();
  const near = sorted[Math.max(0, Math.ceil(MEMORISED_LEVEL * sorted.length) - 1)]!;
  return samples.filter((distance) => distance <= near).length / samples.length;
}
