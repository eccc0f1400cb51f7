/** How far rows of features are from each other: content that should stay, samples that should differ. */

import type { Features } from "./features.ts";
import type { MetricInfo } from "./metric.ts";

export const acdInfo: MetricInfo = {
  id: "acd",
  unit: "intensity of 255",
  better: "lower",
  summary: "Average content distance: how much the content of a clip changes from frame to frame",
  identity: 0,
  symmetric: true,
};

export const diversityInfo: MetricInfo = {
  id: "diversity",
  unit: "1",
  better: "higher",
  summary: "Mean distance between different clips, to be compared with that of real ones",
  identity: 0,
  symmetric: true,
};

/**
 * Mean Euclidean distance over all pairs of rows; 0 for a single row.
 *
 * Of the frames of a clip it is the clip's content distance, of which the mean over clips is the average content
 * distance of Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993; of the clips of a set it is its diversity.
 * A still clip has the best content distance there is, so read it beside a measure of motion.
 */
export function meanPairDistance({ data, count, dimensions }: Features): number {
  if (count < 2) return 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < dimensions; k++) {
        square += (data[i * dimensions + k]! - data[j * dimensions + k]!) ** 2;
      }
      sum += Math.sqrt(square);
    }
  }
  return sum / ((count * (count - 1)) / 2);
}
