/** Clips of a robot with its actions, from a tree of the user's. */

import { z } from "zod";
import { defineStage } from "../../pipelines/stage.ts";
import { checkClipParams, frameParams, splitParams, windowParams } from "./clip_params.ts";
import { collectClips } from "./clip_set.ts";
import { BAIR_HINT, robotClips } from "./robot_clips.ts";

const params = z.strictObject({
  folder: z.string().min(1).describe(
    "Folder in the project, relative to the config, with <split>/.../<clip>/0.png ... 29.png, actions.csv " +
      `(30x4) and endeffector_positions.csv (30x3), without headers. ${BAIR_HINT}`,
  ),
  name: z.string().min(1).max(80).default("Robot clips").describe("Name of the set"),
  ...frameParams,
  clipFrames: z.int().min(1).default(30).describe("Frames, and rows of the tables, of each clip"),
  conditions: z.boolean().default(true).describe(
    "Read actions and end effector positions; false for a tree without CSV files",
  ),
  scalePositions: z.boolean().default(false).describe(
    "Positions as (p - [.42638585, -.3080245, .19146784]) / [.42850533, .54029283, .12564658]",
  ),
  frames: z.int().min(2).default(12).describe("Frames of a window"),
  contextFrames: z.int().min(1).default(2).describe(
    "Frames a model is shown; it predicts the rest",
  ),
  ...windowParams,
  ...splitParams,
  split: splitParams.split.default("folders"),
}).superRefine((value, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  checkClipParams(value, refuse);
  if (value.frames > value.clipFrames) {
    refuse("frames", `frames must be at most clipFrames, which is ${value.clipFrames}`);
  }
});

/**
 * Windows of a robot's clips as training, validation and test clips, each frame with the 4 actions and the 3
 * coordinates that stand in its own row of its own clip.
 *
 * Windows lie anywhere in a clip. Every file that does not fit is named, and in a table its line. There is no
 * `everyNth`: an action leads to the next frame, not to the one after.
 */
export const robotTree = defineStage({
  id: "dataset/robot_tree",
  version: 1,
  summary: "Read a tree of robot clips with actions as training, validation and test clips",
  params,
  folders: ["folder"],
  inputs: {},
  outputs: { train: "clips", validation: "clips", test: "clips" },
  async run({ params, signal, progress, warn, openFolder }) {
    const { size, channels, filter, validation, test } = params;
    const seed = BigInt(params.splitSeed);
    const set = robotClips(await openFolder(params.folder), {
      ...params,
      fit: { size, channels, mode: "crop", filter, background: [0, 0, 0] },
      shares: { validation, test },
      seed,
      warn,
    });
    const options = { ...params, everyNth: 1, short: "fail" } as const;
    return await collectClips(set, { ...options, seed, signal, progress, warn });
  },
});
