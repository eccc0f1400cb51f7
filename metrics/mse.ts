/** Mean squared error. */

import type { MetricInfo } from "./metric.ts";
import { type Comparison, frameSize, requireSameShape, type Video } from "./video.ts";

export const mseInfo: MetricInfo = {
  id: "mse",
  unit: "squared intensity",
  better: "lower",
  summary: "Mean squared error of pixels",
  identity: 0,
  symmetric: true,
};

/**
 * Which pixels count, and how a frame's squared errors become one number.
 *
 * - `mean`: over all pixels and channels.
 * - `sum`: over all pixels and channels: "MSE 23.8 on Moving MNIST" in the tables of OpenSTL
 *   (https://arxiv.org/abs/2306.11249), which is the mean times height x width x channels.
 * - `foreground`: the mean over pixels where the reference is not black; NaN where it is all black.
 *   A black background is easy to predict and hides errors of the digits.
 */
export type MseVariant = "mean" | "sum" | "foreground";

/** One line for the record. */
export function mseProtocol(variant: MseVariant): string {
  const pixels = {
    mean: "mean over pixels",
    sum: "sum over pixels, as in OpenSTL",
    foreground: "mean over pixels where the reference is above 0",
  };
  return `squared error of intensities in [0, 1], not clipped; ${
    pixels[variant]
  }, mean over frames`;
}

/** Squared error of each frame, in float64. @throws {RangeError} When the shapes differ. */
export function mse(reference: Video, variant: MseVariant = "mean"): Comparison {
  const size = frameSize(reference);
  const truth = reference.data;
  return (candidate) => {
    requireSameShape(candidate, reference);
    const { data } = candidate;
    return Float64Array.from({ length: reference.frames }, (_, frame) => {
      const start = frame * size;
      let sum = 0;
      let count = 0;
      for (let i = start; i < start + size; i++) {
        if (variant === "foreground" && !(truth[i]! > 0)) continue;
        const error = data[i]! - truth[i]!;
        sum += error * error;
        count++;
      }
      return variant === "sum" ? sum : sum / count;
    });
  };
}
