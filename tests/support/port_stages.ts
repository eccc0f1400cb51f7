/** Stages that never run, with many kinds of ports and parameters: for tests of planning. */

import { z } from "zod";
import { defineStage, type StageTable } from "../../pipelines/stage.ts";

const never = () => Promise.reject(new Error("A planning test must not run a stage"));

const data = defineStage({
  id: "dataset/shapes",
  version: 3,
  summary: "Make clips",
  params: z.strictObject({
    digits: z.int().min(1).max(3).default(2).describe("Digits per clip"),
    mode: z.enum(["bounce", "stop"]).default("bounce").describe("What happens at a border"),
    seed: z.int().nonnegative().optional().describe("Another data set for the same run"),
    frames: z.int().positive().default(20),
    contextFrames: z.int().positive().default(10),
  }).refine(({ frames, contextFrames }) => contextFrames < frames, {
    path: ["contextFrames"],
    message: "must be below frames",
  }),
  inputs: {},
  outputs: { train: "clips", test: "clips" },
  run: never,
});

const train = defineStage({
  id: "train/model",
  version: 1,
  summary: "Train a model",
  params: z.strictObject({
    steps: z.int().positive().describe("Optimiser steps"),
    learningRate: z.number().positive().default(1e-3).describe("Peak learning rate"),
    clip: z.union([z.number().positive(), z.literal("none")]).default("none"),
    model: z.strictObject({
      width: z.int().multipleOf(8).default(32),
      layers: z.array(z.int().positive()).min(1).default([4, 8]),
    }).prefault({}),
    schedule: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("constant") }),
      z.strictObject({ kind: z.literal("cosine"), end: z.number().min(0).default(0) }),
    ]).default({ kind: "constant" }),
    checkpointEvery: z.int().positive().default(100),
    start: z.string().nullable().default(null).describe("File with first weights"),
    extra: z.array(z.string()).default([]),
  }),
  files: ["start", "extra"],
  ignored: ["checkpointEvery"],
  inputs: { clips: "clips", validation: "clips?" },
  outputs: { weights: "weights", curves: "curves" },
  permissions: { engine: true },
  run: never,
});

const score = defineStage({
  id: "evaluate/model",
  version: 1,
  summary: "Score a model",
  params: z.strictObject({ metrics: z.array(z.enum(["psnr", "ssim", "fid"])).default(["psnr"]) }),
  inputs: { generated: "clips", weights: "weights" },
  outputs: { scores: "scores" },
  run: never,
});

export const portStages = {
  "dataset/shapes": data,
  "train/model": train,
  "evaluate/model": score,
} satisfies StageTable;
