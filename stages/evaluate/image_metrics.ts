/** Which metrics of still images can be computed. */

import type { MetricId } from "../../metrics/mod.ts";

/** Metrics of an extractor's features. */
export const featureMetricIds = [
  "fid",
  "kid",
  "fid_infinity",
  "precision",
  "recall",
  "density",
  "coverage",
] as const satisfies readonly MetricId[];

/** Metrics of pixels and training images. */
export const trainingMetricIds = [
  "memorised",
  "nearest_train",
] as const satisfies readonly MetricId[];

/** Ids that users type, in the order in which people look for them. */
export const imageMetricIds = [...featureMetricIds, ...trainingMetricIds] as const;

export type ImageMetricId = (typeof imageMetricIds)[number];

/**
 * What to compute.
 * @throws {Error} When an input that it needs is missing, or the inputs allow nothing.
 */
export function wantedImageMetrics(
  asked: readonly ImageMetricId[] | undefined,
  has: { readonly features: boolean; readonly train: boolean },
): ReadonlySet<ImageMetricId> {
  const needs = (id: ImageMetricId) =>
    (featureMetricIds as readonly ImageMetricId[]).includes(id) ? "features" : "train";
  const missing = asked?.find((id) => !has[needs(id)]);
  if (missing !== undefined) {
    throw new Error(`Cannot compute ${missing}: connect input "${needs(missing)}"`);
  }
  const wanted = asked ?? imageMetricIds.filter((id) => has[needs(id)]);
  if (wanted.length > 0) return new Set(wanted);
  throw new Error('Cannot score images: connect input "features", input "train", or both');
}
