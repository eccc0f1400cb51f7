/** What a config may say about the training of Stochastic Video Generation. */

import { z } from "zod";
import { svgPresetIds } from "../../models/svg/svg_presets.ts";
import { klAnnealings } from "../../training/kl_weight.ts";
import { freeNorms } from "./svg_loss.ts";
import { normScopes } from "./svg_unroll.ts";

const share = z.number().min(0).max(1);
const count = z.int().positive();

const network = {
  preset: z.enum(svgPresetIds).default("small").describe("Size of the network"),
  widths: z.array(count).min(1).optional().describe(
    "Replaces the preset's channels of each level, finest first",
  ),
  code: count.optional().describe("Replaces the preset's numbers in the code of a frame"),
  hidden: count.optional().describe("Replaces the preset's width of recurrent cells"),
  latent: count.default(10).describe("Numbers of the latent variable of a moment"),
  prior: z.enum(["fixed", "learned"]).default("learned").describe(
    "fixed: N(0, 1), SVG-FP; learned: from the frames before, SVG-LP",
  ),
  conditional: z.boolean().default(false).describe(
    "Tell the frame predictor the conditions of the clips, such as a robot's actions",
  ),
  lastFrameSkip: z.boolean().default(false).describe(
    "The decoder sees the encoder's maps of the frame before, drawn ones too, not of the last context frame",
  ),
};

const objective = {
  beta: z.strictObject({
    anneal: z.enum(klAnnealings).default("constant").describe(
      "constant; monotonic: rises once; cyclical: rises in each cycle",
    ),
    max: z.number().min(0).default(1e-4).describe("Largest weight of the KL divergence"),
    cycles: count.default(3).describe("Cycles of cyclical"),
    ratio: z.number().gt(0).max(1).default(0.5).describe("Share of a cycle with a rising weight"),
    per: z.enum(["step", "epoch", "step_of_epoch"]).default("step").describe(
      "The weight changes with each step, with each epoch, or with each step anew in every epoch",
    ),
  }).prefault({}).describe("Weight of the KL divergence"),
  teacherForcing: z.strictObject({
    rate: share.default(1).describe("Probability of seeing true frames after the context"),
    start: z.int().min(0).nullable().default(null).describe(
      "Epoch or step from which the probability falls, or null for never",
    ),
    step: share.default(0.01).describe("What it loses in each epoch or step from there on"),
    lowerBound: share.default(0).describe("Where it stops falling"),
    per: z.enum(["epoch", "step"]).default("epoch").describe("Unit of start and step"),
    draw: z.enum(["clip", "frame"]).default("clip").describe(
      "Whether true frames are shown is drawn once for a clip, or for each of its frames",
    ),
  }).prefault({}).describe("How often true frames are shown after the context"),
  norms: z.enum(normScopes).default("frame").describe(
    "Batch norms see the frames of one time, as published, or of all times together, which is faster",
  ),
  freeNorms: z.enum(freeNorms).default("frozen").describe(
    "Batch norms in steps in which clips run free: frozen as forced steps left them, or by the batch, as " +
      "published, which wants sampling by the batch too",
  ),
};

const data = {
  batch: count.default(16).describe("Clips in a step"),
  frames: z.int().min(2).optional().describe(
    "Length of the windows cut from clips at random places; absent: whole clips",
  ),
  contextFrames: count.optional().describe(
    "Frames that are always shown; absent: as many as the clips say",
  ),
  stepsPerEpoch: count.optional().describe(
    "Steps called an epoch; absent: as many as show every clip once",
  ),
};

const optimiser = {
  steps: count.default(1000).describe("Optimiser steps"),
  learningRate: z.number().positive().default(2e-3).describe("Adam's largest rate"),
  policy: z.enum(["constant", "one_cycle"]).default("constant").describe(
    "How the learning rate changes over steps",
  ),
  rise: z.number().gt(0).lt(1).default(0.1).describe(
    "Share of one_cycle's steps with a rising rate",
  ),
  beta1: share.lt(1).default(0.9).describe("Decay of Adam's mean of gradients"),
  clipNorm: z.number().positive().nullable().default(null).describe(
    "Largest gradient norm, or null",
  ),
  ema: z.number().gt(0).lt(1).nullable().default(null).describe(
    "Decay of the average of parameters that is scored and used later, or null for none",
  ),
};

const watching = {
  validateEvery: count.default(200).describe("Steps between validations"),
  previews: z.int().min(0).default(2).describe("Validation clips shown as a preview; 0 for none"),
  checkpointEvery: count.default(200).describe("Steps between checkpoints"),
  logEvery: count.default(20).describe("Steps between points of the curves"),
};

export const svgParams = z.strictObject({
  ...network,
  ...objective,
  ...data,
  ...optimiser,
  ...watching,
});

export type SvgParams = z.output<typeof svgParams>;
