/** Fidelity and diversity apart: shares of one set that lie on the manifold of the other. */

import { squaredDistances } from "../numerics/row_products.ts";
import { type Features, requireComparable } from "./features.ts";
import type { MetricInfo } from "./metric.ts";

export const precisionInfo: MetricInfo = {
  id: "precision",
  unit: "1",
  better: "higher",
  summary: "Share of generated images on the manifold of the real ones",
  identity: 1,
  symmetric: false,
};

export const recallInfo: MetricInfo = {
  id: "recall",
  unit: "1",
  better: "higher",
  summary: "Share of real images on the manifold of the generated ones",
  identity: 1,
  symmetric: false,
};

export const densityInfo: MetricInfo = {
  id: "density",
  unit: "1",
  better: "higher",
  summary: "Real neighbourhoods around a generated image, over the number of neighbours",
  // The expectation for sets of one distribution; of a set with itself each point is its own neighbour too.
  identity: 1,
  symmetric: false,
};

export const coverageInfo: MetricInfo = {
  id: "coverage",
  unit: "1",
  better: "higher",
  summary: "Share of real images with a generated one in their neighbourhood",
  identity: 1,
  symmetric: false,
};

export interface ManifoldScores {
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
}

/**
 * The manifold of a set is the union of balls around its rows that reach to the k-th nearest other row.
 *
 * Precision and recall: Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991, equations 1 and 2,
 * k = 3. Density and coverage: Naeem et al. 2020, https://arxiv.org/abs/2002.09797, equations 3 and 4; their
 * code leaves the sphere itself out of a ball, which matters for exact copies only: here it is in.
 * Values depend on the sizes of the sets, so compare only values of equal sizes. Brute force, exact:
 * three products of [count, count, d].
 * @throws {RangeError} When a set has no k-th neighbours, or dimensions differ.
 */
export function manifoldScores(
  generated: Features,
  reference: Features,
  neighbours = 3,
): ManifoldScores {
  requireComparable("precision and recall", generated, reference);
  const [own, real] = [radii(generated, neighbours), radii(reference, neighbours)];
  const isPrecise = new Uint8Array(generated.count);
  let [recalled, covered, hits, row] = [0, 0, 0, 0];
  for (const distances of squaredDistances(reference, generated)) {
    const radius = real[row++]!;
    let [isRecalled, isCovered] = [false, false];
    for (let j = 0; j < distances.length; j++) {
      const distance = distances[j]!;
      if (distance <= radius) {
        isPrecise[j] = 1;
        isCovered = true;
        hits++;
      }
      if (distance <= own[j]!) isRecalled = true;
    }
    if (isRecalled) recalled++;
    if (isCovered) covered++;
  }
  return {
    precision: isPrecise.reduce((sum, value) => sum + value, 0) / generated.count,
    recall: recalled / reference.count,
    density: hits / (neighbours * generated.count),
    coverage: covered / reference.count,
  };
}

/** Squared distance of each row to the k-th nearest other row. */
function radii(set: Features, k: number): Float64Array {
  if (!Number.isInteger(k) || k < 1 || set.count <= k) {
    throw new RangeError(
      `Cannot compute precision and recall: the distance to neighbour ${k} needs more than ${k} images, ` +
        `but there are ${set.count}`,
    );
  }
  const result = new Float64Array(set.count);
  const nearest = new Float64Array(k);
  let row = 0;
  for (const distances of squaredDistances(set, set)) {
    nearest.fill(Infinity);
    for (let j = 0; j < distances.length; j++) {
      if (j !== row) insert(nearest, distances[j]!);
    }
    result[row++] = nearest[k - 1]!;
  }
  return result;
}

/** Keeps the smallest values seen, ascending. */
function insert(nearest: Float64Array, value: number): void {
  let i = nearest.length - 1;
  if (!(value < nearest[i]!)) return;
  for (; i > 0 && nearest[i - 1]! > value; i--) nearest[i] = nearest[i - 1]!;
  nearest[i] = value;
}
