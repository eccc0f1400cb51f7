/** Metrics of single frames, as the stage applies them. */

import { mean } from "../../numerics/mean.ts";
import type { MetricInfo } from "../../metrics/metric.ts";
import { mse, mseInfo, mseProtocol } from "../../metrics/mse.ts";
import {
  averagePsnr,
  psnr,
  type PsnrAveraging,
  psnrInfo,
  psnrOfMse,
  psnrProtocol,
} from "../../metrics/psnr.ts";
import { ssim, ssimInfo, type SsimPreset, ssimProtocol } from "../../metrics/ssim.ts";
import type { Comparison, Video } from "../../metrics/video.ts";
import { clipToUnit } from "./predictions.ts";

/** PSNR of equal frames: a number that means and files can hold. */
export const MAX_PSNR = 100;

export interface FrameMeasure {
  /** As `metric` in scores: `psnr`, `mse[sum]`. */
  readonly metric: string;
  readonly info: MetricInfo;
  readonly protocol: string;
  /** Values of one sample, one for each frame or one for the whole sequence. */
  readonly against: (reference: Video) => Comparison;
  /** The better direction of those values, by which the best sample is chosen. */
  readonly choose: "higher" | "lower";
  /** Whether those values are one for each frame, of a metric whose course over frames is charted. */
  readonly isFrameCurve?: true;
  /** What turns their mean over everything into the score, where that is not the mean itself. */
  readonly finish?: (mean: number) => number;
}

/** PSNR per frame: the default score, and what curves over frames show. */
export const framePsnr: FrameMeasure = {
  metric: "psnr",
  info: psnrInfo,
  protocol: withCap(psnrProtocol("frame", "joint")),
  against: (reference) => {
    const compare = psnr(reference);
    return (candidate) => compare(clipToUnit(candidate)).map((value) => Math.min(MAX_PSNR, value));
  },
  choose: "higher",
  isFrameCurve: true,
};

/** PSNR by the named order of mean and logarithm. */
export function psnrMeasure(averaging: PsnrAveraging): FrameMeasure {
  const protocol = withCap(psnrProtocol(averaging, "joint"));
  const shared = { metric: `psnr[${averaging}]`, info: psnrInfo, protocol };
  switch (averaging) {
    case "frame":
      return framePsnr;
    case "video":
      return {
        ...shared,
        against: (reference) => {
          const compare = mse(reference);
          return (candidate) =>
            Float64Array.of(averagePsnr([compare(clipToUnit(candidate))], "video", MAX_PSNR));
        },
        choose: "higher",
      };
    case "pooled":
      return {
        ...shared,
        against: (reference) => {
          const compare = mse(reference);
          return (candidate) => Float64Array.of(mean(compare(clipToUnit(candidate))));
        },
        choose: "lower",
        finish: (error) => Math.min(MAX_PSNR, psnrOfMse(error)),
      };
  }
}

/** SSIM by a named convention; `wang` goes without brackets. */
export function ssimMeasure(preset: SsimPreset): FrameMeasure {
  return {
    metric: preset === "wang" ? "ssim" : `ssim[${preset}]`,
    info: ssimInfo,
    protocol: ssimProtocol(preset),
    against: (reference) => {
      const compare = ssim(reference, preset);
      return (candidate) => compare(clipToUnit(candidate));
    },
    choose: "higher",
    isFrameCurve: true,
  };
}

/** Squared error as mean, as sum over pixels, and over the digits alone. */
export const mseMeasures: readonly FrameMeasure[] = (["mean", "sum", "foreground"] as const).map(
  (variant) => ({
    metric: variant === "mean" ? "mse" : `mse[${variant}]`,
    info: mseInfo,
    protocol: mseProtocol(variant),
    against: (reference) => {
      const compare = mse(reference, variant);
      // A reference frame that is all black has no foreground and does not count.
      return (candidate) => compare(candidate).filter((value) => !Number.isNaN(value));
    },
    choose: "lower",
  }),
);

function withCap(protocol: string): string {
  return `${protocol}; equal frames count as ${MAX_PSNR} dB`;
}
