/** Videos of the user's: strips of frames or folders of frames. */

import { z } from "zod";
import { defineStage } from "../../pipelines/stage.ts";
import { checkClipParams, frameParams, splitParams, windowParams } from "./clip_params.ts";
import { collectClips } from "./clip_set.ts";
import { fitModes } from "./fit_raster.ts";
import { videosOfFolder } from "./strip_clips.ts";

const params = z.strictObject({
  folder: z.string().min(1).describe(
    "Folder in the project, relative to the config, of PNG and JPEG files; sub-folders are the classes",
  ),
  layout: z.enum(["strips", "frames"]).default("strips").describe(
    "strips: one file is one clip, its frames are squares along the longer side (MoCoGAN); " +
      "frames: one folder is one clip, its frames are numbered files: 0.png, 1.png, ...",
  ),
  name: z.string().min(1).max(80).default("Folder of videos").describe("Name of the set"),
  ...frameParams,
  resize: z.enum(fitModes).default("crop").describe(
    "For frames that are not square. stretch: both edges to size; crop: the largest square in the " +
      "middle; pad: all of the frame, on black",
  ),
  crop: z.strictObject({
    left: z.int().min(0),
    top: z.int().min(0),
    width: z.int().positive(),
    height: z.int().positive(),
  }).optional().describe(
    "Part of each frame that is used, in pixels: left 42, top 24, width 96, height 96 for Weizmann's 180x144",
  ),
  labels: z.boolean().default(true).describe("Keep the classes: the sub-folders' names"),
  frames: z.int().min(1).default(16).describe("Frames of each clip"),
  contextFrames: z.int().min(0).default(0).describe(
    "Frames a model is shown, if it is to predict the rest",
  ),
  everyNth: z.int().min(1).default(1).describe("2 takes every second frame"),
  ...windowParams,
  minimumFrames: z.int().positive().optional().describe(
    "Videos of fewer frames are too short, even if a clip would fit in",
  ),
  short: z.enum(["fail", "skip"]).default("fail").describe(
    "skip: leave out videos that are too short, and name them in a warning",
  ),
  ...splitParams,
}).superRefine((value, context) => {
  checkClipParams(value, (path, message) => {
    context.addIssue({ code: "custom", path: [path], message });
  });
});

/**
 * Windows of videos as training, validation and test clips, labelled by their folders.
 *
 * No video is in two splits. A video that is too short stops the stage by its name, or is left out with a
 * warning: MoCoGAN's loader falls back to the first frames at another speed, which mixes two speeds in one
 * set. An alpha channel is dropped, as there.
 */
export const videoStrips = defineStage({
  id: "dataset/video_strips",
  version: 1,
  summary: "Read strips of frames or folders of frames as training, validation and test clips",
  params,
  folders: ["folder"],
  inputs: {},
  outputs: { train: "clips", validation: "clips", test: "clips" },
  async run({ params, signal, progress, warn, openFolder }) {
    const { size, channels, filter, resize: mode, validation, test } = params;
    const seed = BigInt(params.splitSeed);
    const set = await videosOfFolder(await openFolder(params.folder), {
      ...params,
      fit: { size, channels, mode, filter, background: [0, 0, 0] },
      shares: { validation, test },
      seed,
      signal,
      warn,
    });
    return await collectClips(set, { ...params, seed, signal, progress, warn });
  },
});
