/**
 * Metrics: what is compared, by which published convention, and how numbers are averaged. Pure float64.
 *
 * @module
 */

import { categoryAccuracyInfo } from "./category_accuracy.ts";
import { crpsInfo } from "./crps.ts";
import { fidInfinityInfo } from "./fid_infinity.ts";
import { fidInfo } from "./frechet_distance.ts";
import { kidInfo } from "./kid.ts";
import { memorisedInfo, nearestTrainInfo } from "./memorised.ts";
import type { MetricInfo } from "./metric.ts";
import { mseInfo } from "./mse.ts";
import { acdInfo, diversityInfo } from "./pair_distance.ts";
import { coverageInfo, densityInfo, precisionInfo, recallInfo } from "./precision_recall.ts";
import { psnrInfo } from "./psnr.ts";
import { ssimInfo } from "./ssim.ts";

export * from "./metric.ts";
export * from "./video.ts";
export * from "./mse.ts";
export * from "./psnr.ts";
export * from "./ssim.ts";
export * from "./crps.ts";
export * from "./best_of_n.ts";
export * from "./confidence_interval.ts";
export * from "./baselines.ts";
export * from "./features.ts";
export * from "./frechet_distance.ts";
export * from "./fid_infinity.ts";
export * from "./kid.ts";
export * from "./precision_recall.ts";
export * from "./half_samples.ts";
export * from "./memorised.ts";
export * from "./pair_distance.ts";
export * from "./category_accuracy.ts";

/** Every metric by the id that users type. */
export const metrics = {
  psnr: psnrInfo,
  ssim: ssimInfo,
  mse: mseInfo,
  crps: crpsInfo,
  fid: fidInfo,
  kid: kidInfo,
  fid_infinity: fidInfinityInfo,
  precision: precisionInfo,
  recall: recallInfo,
  density: densityInfo,
  coverage: coverageInfo,
  memorised: memorisedInfo,
  nearest_train: nearestTrainInfo,
  acd: acdInfo,
  diversity: diversityInfo,
  category_accuracy: categoryAccuracyInfo,
} satisfies Record<string, MetricInfo>;

export type MetricId = keyof typeof metrics;
