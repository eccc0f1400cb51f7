/** What configs may say about data sets that are cut from longer videos. */

import { z } from "zod";
import { resampleFilters } from "../../numerics/resample_weights.ts";

/** Pixels. */
export const frameParams = {
  size: z.int().min(1).max(1024).default(64).describe("Edge of the square frames, in pixels"),
  channels: z.union([z.literal(1), z.literal(3)]).default(3).describe(
    "3 is RGB, 1 is grey (Rec. 601 luma)",
  ),
  filter: z.enum(resampleFilters).default("bilinear").describe(
    "Resampling filter where frames have another size, antialiased as Pillow's",
  ),
  broken: z.enum(["fail", "skip"]).default("fail").describe(
    "skip: leave out clips that cannot be read, and name them in a warning",
  ),
};

/** Which part of a video. */
export const windowParams = {
  windows: z.enum(["random", "first"]).default("random").describe(
    "Where windows start: anywhere they fit, fixed by splitSeed; or at the first frame",
  ),
  windowsPerClip: z.int().min(1).default(1).describe(
    "Most windows of one video: random ones that start at different frames",
  ),
};

export const splitParams = {
  split: z.enum(["share", "folders"]).default("share").describe(
    "By shares of the videos, or as the folders train/, validation/ (or val/, validate/) and test/ say",
  ),
  validation: z.number().min(0).max(0.9).default(0.1).describe(
    "Share of validation videos; of the training videos where folders have none for validation",
  ),
  test: z.number().min(0).max(0.9).default(0.1).describe("Share of test videos"),
  splitSeed: z.int().min(0).default(1).describe(
    "Seed of splits and windows; the run's seed does not touch them, so that runs compare",
  ),
  limit: z.int().positive().optional().describe(
    "Largest number of videos of each split: a seeded choice",
  ),
};

interface Checked {
  readonly frames: number;
  readonly contextFrames: number;
  readonly windows: "random" | "first";
  readonly windowsPerClip: number;
  readonly validation: number;
  readonly test: number;
}

/** Refuses what does not go together. */
export function checkClipParams(value: Checked, refuse: (path: string, message: string) => void) {
  if (value.contextFrames >= value.frames) {
    refuse("contextFrames", `contextFrames must be below frames, which is ${value.frames}`);
  }
  if (value.windows === "first" && value.windowsPerClip > 1) {
    refuse("windowsPerClip", "There is one first window; several need windows: random");
  }
  if (value.validation + value.test >= 1) {
    refuse("test", "The shares of validation and test must be below 1 together");
  }
}
