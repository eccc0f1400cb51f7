/** What a config may say about the training of an image diffusion. */

import { z } from "zod";
import { lossIds, objectiveIds } from "../../diffusion/objective.ts";
import { scheduleIds } from "../../diffusion/schedules/mod.ts";
import { imagePresetIds } from "../../models/image_denoiser.ts";

const share = z.number().min(0).max(1);

const network = {
  model: z.enum(imagePresetIds).default("modern_small").describe(
    "The network and its size",
  ),
  attentionUpTo: z.int().positive().optional().describe(
    "Largest number of pixels of a map that attends to itself, in double_conv networks; absent: any",
  ),
  conditional: z.boolean().default(false).describe("Tell the network the class of each image"),
  labelDropout: share.default(0.1).describe(
    "Share of labels that training hides, for classifier-free guidance",
  ),
};

const diffusion = {
  schedule: z.union([z.enum(scheduleIds), z.array(z.number().gt(0).max(1)).min(1)])
    .default("cosine").describe("How noise grows over diffusion steps, or the list of all β"),
  timesteps: z.int().positive().default(1000).describe("Diffusion steps of the forward process"),
  zeroTerminalSnr: z.boolean().default(false).describe(
    "Rescale the schedule so that the last step keeps no signal; needs objective x0 or v",
  ),
  firstTimestep: z.union([z.literal(0), z.literal(1)]).default(0).describe(
    "First diffusion step that is trained; some published code leaves out step 0",
  ),
  objective: z.enum(objectiveIds).default("v").describe("What the network predicts"),
  loss: z.enum(lossIds).default("l2").describe("Distance to the target"),
  weighting: z.enum(["uniform", "min_snr"]).default("uniform").describe(
    "Weight of the loss at each diffusion step",
  ),
  gamma: z.number().positive().default(5).describe("Largest signal-to-noise ratio of min_snr"),
  variance: z.enum(["fixed", "learned"]).default("fixed").describe(
    "learned: the network also says the variance of each pixel, trained by the variational bound",
  ),
  vlbWeight: z.number().positive().default(0.001).describe(
    "Weight of the variational bound where the variance is learned",
  ),
};

const data = {
  batch: z.int().positive().default(32).describe("Images in a step"),
  accumulate: z.int().positive().default(1).describe(
    "Micro-batches of `batch` images whose gradients make one step",
  ),
  flip: share.default(0.5).describe("Probability of mirroring an image left to right"),
  crop: z.strictObject({
    size: z.int().positive().describe("Edge of the square that is left, in pixels"),
    scale: z.tuple([share, share]).default([0.8, 1]).describe("Smallest and largest share of area"),
  }).nullable().default(null).describe("Random resized crops, or null for whole images"),
};

const optimiser = {
  steps: z.int().positive().default(3000).describe("Optimiser steps"),
  optimiser: z.enum(["adamw", "adam", "sgd"]).default("adamw").describe("The optimiser"),
  momentum: z.number().min(0).lt(1).default(0.9).describe("Momentum of sgd"),
  learningRate: z.number().positive().default(1e-3).describe("Largest learning rate"),
  policy: z.enum(["one_cycle", "constant", "cosine", "step", "plateau"]).default("one_cycle")
    .describe(
      "How the learning rate changes over steps; plateau: over epochs, as it stops helping",
    ),
  warmup: z.int().min(0).default(0).describe("Steps of linear rise, where the policy has none"),
  rise: z.number().gt(0).lt(1).default(0.1).describe(
    "Share of one_cycle's steps with a rising rate",
  ),
  decayEvery: z.int().positive().default(1000).describe("Steps between decays of policy step"),
  decayFactor: z.number().gt(0).lt(1).default(0.5).describe("Factor of policies step and plateau"),
  patience: z.int().min(0).default(10).describe("Epochs without progress that plateau bears"),
  weightDecay: z.number().min(0).default(0.01).describe("Decay: decoupled in adamw, else coupled"),
  clipNorm: z.number().positive().nullable().default(1).describe("Largest gradient norm, or null"),
  ema: z.number().gt(0).lt(1).nullable().default(0.995).describe(
    "Decay of the average of parameters, or null for none",
  ),
  emaAfter: z.int().min(0).default(0).describe(
    "Steps before the average begins; until then a copy",
  ),
  keep: z.enum(["last", "best"]).default("last").describe(
    "Weights of the last step, or those with the lowest validation loss",
  ),
};

const watching = {
  validateEvery: z.int().positive().default(500).describe("Steps between validations"),
  noiseBuckets: z.int().positive().default(4).describe(
    "Equal parts of the diffusion steps whose validation loss is told apart",
  ),
  previewEvery: z.int().positive().default(500).describe("Steps between previews of samples"),
  previews: z.int().min(0).default(16).describe("Samples in a preview; 0 for no previews"),
  checkpointEvery: z.int().positive().default(250).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(25).describe("Steps between points of the loss curve"),
};

export const ddpmParams = z.strictObject({
  ...network,
  ...diffusion,
  ...data,
  ...optimiser,
  ...watching,
}).superRefine((value, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (Array.isArray(value.schedule) && value.schedule.length !== value.timesteps) {
    refuse(
      "schedule",
      `The list must have one β for each of ${value.timesteps} timesteps, but has ${value.schedule.length}`,
    );
  }
  if (value.zeroTerminalSnr && value.objective === "eps") {
    refuse(
      "objective",
      "Where the last step keeps no signal, x0 cannot be told from eps: use v or x0",
    );
  }
});

export type DdpmParams = z.output<typeof ddpmParams>;
