/**
 * Metrics: what is compared, by which published convention, and how numbers are averaged. Pure float64.
 *
 * @module
 */

import { crpsInfo } from "./crps.ts";
import { fidInfo } from "./frechet_distance.ts";
import type { MetricInfo } from "./metric.ts";
import { mseInfo } from "./mse.ts";
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
export * from "./frechet_distance.ts";

/** Every metric by the id that users type. */
export const metrics = {
  psnr: psnrInfo,
  ssim: ssimInfo,
  mse: mseInfo,
  crps: crpsInfo,
  fid: fidInfo,
} satisfies Record<string, MetricInfo>;

export type MetricId = keyof typeof metrics;
