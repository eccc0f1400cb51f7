/** Still images, made equal in size and split. */

import { z } from "zod";
import { resampleFilters } from "../../numerics/resample_weights.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { emojiPictures } from "./emoji_pictures.ts";
import { type Fit, fitModes } from "./fit_raster.ts";
import { collectImages } from "./picture_set.ts";

const params = z.strictObject({
  source: z.enum(["emoji"]).default("emoji").describe("emoji: 3,786 Twemoji of 64x64 pixels"),
  size: z.int().min(1).max(4096).default(32).describe("Edge of the square images, in pixels"),
  channels: z.union([z.literal(1), z.literal(3)]).default(3).describe(
    "3 is RGB, 1 is grey (Rec. 601 luma)",
  ),
  resize: z.enum(fitModes).default("crop").describe(
    "stretch: both edges to size; crop: the largest square in the middle; pad: all of the picture, on background",
  ),
  filter: z.enum(resampleFilters).default("bilinear").describe(
    "Resampling filter, antialiased as Pillow's",
  ),
  background: z.string().regex(/^#[0-9a-f]{6}$/).default("#ffffff").describe(
    "sRGB colour behind transparent and around padded pictures",
  ),
  validation: z.number().min(0).max(0.9).default(0.1).describe("Share of validation images"),
  test: z.number().min(0).max(0.9).default(0.1).describe("Share of test images"),
  splitSeed: z.int().min(0).default(1).describe(
    "Seed of the splits; the run's seed does not touch them, so that runs compare",
  ),
  limit: z.int().positive().optional().describe("Largest number of images of each split"),
}).superRefine((value, context) => {
  if (value.validation + value.test < 1) return;
  const message = "The shares of validation and test must be below 1 together";
  context.addIssue({ code: "custom", path: ["test"], message });
});

type Params = z.output<typeof params>;

/** Still images from one of several sources as training, validation and test images. */
export const images = defineStage({
  id: "dataset/images",
  version: 1,
  summary: "Read still images as training, validation and test images of one size",
  params,
  inputs: {},
  outputs: { train: "images", validation: "images", test: "images" },
  async run({ params, signal, progress, warn }) {
    const seed = BigInt(params.splitSeed);
    const shares = { validation: params.validation, test: params.test };
    const set = await emojiPictures(fitOf(params), { shares, seed }, signal);
    const { size, channels, limit } = params;
    return await collectImages(set, {
      size,
      channels,
      ...(limit !== undefined && { limit }),
      seed,
      broken: "fail",
      signal,
      progress,
      warn,
    });
  },
});

function fitOf({ size, channels, resize, filter, background }: Params): Fit {
  const part = (at: number) => Number.parseInt(background.slice(at, at + 2), 16);
  return { size, channels, mode: resize, filter, background: [part(1), part(3), part(5)] };
}
