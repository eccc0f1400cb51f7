/** Peak signal-to-noise ratio. */

import { mean } from "../numerics/mean.ts";
import type { MetricInfo } from "./metric.ts";
import { type Comparison, frameSize, requireSameShape, type Video } from "./video.ts";

export const psnrInfo: MetricInfo = {
  id: "psnr",
  unit: "dB",
  better: "higher",
  summary: "Peak signal-to-noise ratio",
  identity: Infinity,
  symmetric: true,
};

/**
 * What is averaged before the logarithm; by Jensen frame >= video >= pooled.
 *
 * - `frame`: PSNR of each frame, then the mean: SVG, SRVP, OpenSTL.
 * - `video`: PSNR of each clip's mean MSE, then the mean over clips: MCVD.
 * - `pooled`: PSNR of the MSE over everything: torchmetrics' default.
 */
export type PsnrAveraging = "frame" | "video" | "pooled";

/**
 * - `joint`: one MSE over all channels: scikit-image.
 * - `separate`: PSNR of each channel, then the mean: SVG, SRVP. Equal for one channel.
 */
export type PsnrChannels = "joint" | "separate";

/** One line for the record. */
export function psnrProtocol(averaging: PsnrAveraging, channels: PsnrChannels): string {
  const order = {
    frame: "of each frame, then mean over frames and clips",
    video: "of each clip's mean squared error over frames, then mean over clips",
    pooled: "of the mean squared error over all clips and frames",
  };
  const apart = channels === "separate" ? ", channels apart" : "";
  return `peak 1, candidates clipped to [0, 1], ${order[averaging]}${apart}`;
}

/** 10 log10(peak² / mse), in dB; Infinity for mse = 0. */
export function psnrOfMse(mse: number, peak = 1): number {
  return 10 * Math.log10((peak * peak) / mse);
}

/** PSNR of each frame for intensities in [0, 1]. @throws {RangeError} When the shapes differ. */
export function psnr(reference: Video, channels: PsnrChannels = "joint"): Comparison {
  return (candidate) => {
    requireSameShape(candidate, reference);
    const { frames, channels: count } = reference;
    return Float64Array.from({ length: frames }, (_, frame) => {
      if (channels === "joint") return psnrOfMse(channelMse(candidate, reference, frame, 0, 1));
      let sum = 0;
      for (let channel = 0; channel < count; channel++) {
        sum += psnrOfMse(channelMse(candidate, reference, frame, channel, count));
      }
      return sum / count;
    });
  };
}

/**
 * Averages errors of frames into one PSNR by a named rule.
 * @param mse `[clip][frame]`, mean squared errors.
 * @param cap Equal frames would count as infinite; values above this count as this.
 */
export function averagePsnr(
  mse: readonly Float64Array[],
  averaging: PsnrAveraging,
  cap = Infinity,
): number {
  const capped = (error: number) => Math.min(cap, psnrOfMse(error));
  switch (averaging) {
    case "frame":
      return mean(mse.map((clip) => mean(Array.from(clip, capped))));
    case "video":
      return mean(mse.map((clip) => capped(mean(clip))));
    case "pooled":
      return capped(mean(mse.map((clip) => mean(clip))));
  }
}

/** Mean squared error of every `stride`-th value of a frame, from the `offset`-th on. */
function channelMse(a: Video, b: Video, frame: number, offset: number, stride: number): number {
  const size = frameSize(a);
  let sum = 0;
  for (let i = frame * size + offset; i < (frame + 1) * size; i += stride) {
    const error = a.data[i]! - b.data[i]!;
    sum += error * error;
  }
  return sum / (size / stride);
}
