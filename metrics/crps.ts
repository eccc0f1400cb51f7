/** Continuous ranked probability score of an ensemble. */

import type { MetricInfo } from "./metric.ts";
import { frameSize, requireSameShape, type Video } from "./video.ts";

export const crpsInfo: MetricInfo = {
  id: "crps",
  unit: "intensity",
  better: "lower",
  summary: "Continuous ranked probability score of the samples of a clip",
  identity: 0,
  symmetric: false,
};

/**
 * - `energy`: mean |x_i − y| − Σ_ij |x_i − x_j| / (2 M²), the score of the empirical distribution.
 * - `fair`: the same with 2 M (M − 1): unbiased, so ensembles of different sizes compare; needs M >= 2.
 */
export type CrpsForm = "energy" | "fair";

/** One line for the record. @param members Samples of a clip. */
export function crpsProtocol(form: CrpsForm, members: number): string {
  const divisor = form === "energy" ? "2 M^2" : "2 M (M - 1)";
  const alone = form === "energy" ? "; a single prediction has M = 1, the absolute error" : "";
  return `per pixel, ${form} form with divisor ${divisor}, M = ${members} samples of each clip${alone}; ` +
    "intensities not clipped, mean over pixels and frames";
}

/**
 * Score of one number: lower is better; with one member it is the absolute error.
 *
 * Source: Gneiting and Raftery 2007, https://doi.org/10.1198/016214506000001437, equation 21; the double
 * sum over the sorted members x_(k) is 2 Σ_k (2 k − M − 1) x_(k).
 * @param members Sorted in place.
 * @throws {RangeError} When the fair form has fewer than two members.
 */
export function crps(members: Float64Array, truth: number, form: CrpsForm = "energy"): number {
  const count = members.length;
  if (form === "fair" && count < 2) {
    throw new RangeError(
      `Cannot compute the fair CRPS: it needs 2 members, but there are ${count}`,
    );
  }
  insertionSort(members);
  let distance = 0;
  let spread = 0;
  for (let k = 0; k < count; k++) {
    distance += Math.abs(members[k]! - truth);
    spread += (2 * k + 1 - count) * members[k]!;
  }
  const pairs = form === "energy" ? count * count : count * (count - 1);
  return distance / count - spread / pairs;
}

/** Mean score over the pixels of each frame. @throws {RangeError} When shapes differ. */
export function crpsOfVideos(
  members: readonly Video[],
  reference: Video,
  form: CrpsForm = "energy",
): Float64Array {
  for (const member of members) requireSameShape(member, reference);
  const size = frameSize(reference);
  const values = new Float64Array(members.length);
  return Float64Array.from({ length: reference.frames }, (_, frame) => {
    let sum = 0;
    for (let i = frame * size; i < (frame + 1) * size; i++) {
      for (let m = 0; m < values.length; m++) values[m] = members[m]!.data[i]!;
      sum += crps(values, reference.data[i]!, form);
    }
    return sum / size;
  });
}

/** Ensembles are small: this beats a call of sort() for each of a million pixels. */
function insertionSort(values: Float64Array): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let at = i;
    while (at > 0 && values[at - 1]! > value) {
      values[at] = values[at - 1]!;
      at--;
    }
    values[at] = value;
  }
}
