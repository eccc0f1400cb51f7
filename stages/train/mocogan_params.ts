/** Parameters of train/mocogan. */

import { z } from "zod";
import { mocoganPresetIds } from "../../models/mocogan/presets.ts";

const network = {
  preset: z.enum(mocoganPresetIds).default("small").describe(
    "Sizes of the networks: small, for two processor cores; published; mp5, with an LSTM and one noise per clip",
  ),
  content: z.int().positive().optional().describe("Replaces the preset's numbers of content"),
  motion: z.int().positive().optional().describe("Replaces the preset's numbers of motion"),
  cell: z.enum(["gru", "lstm"]).optional().describe("Replaces the preset's recurrent cell"),
  hidden: z.int().positive().nullable().optional().describe(
    "Replaces the preset's states of the cell, from which a motion head makes codes; null: the state is the code",
  ),
  motionNoise: z.enum(["fresh", "same"]).optional().describe(
    "Replaces the preset's: fresh noise at each frame, or the same at all frames of a clip",
  ),
  generatorWidth: z.int().positive().optional().describe(
    "Replaces the preset's channels of the generator's finest map",
  ),
  discriminatorWidth: z.int().positive().optional().describe(
    "Replaces the preset's channels of the discriminators' finest maps",
  ),
  imageDiscriminator: z.enum(["full", "patch"]).optional().describe(
    "Replaces the preset's: one logit for a frame, or one for each of its parts",
  ),
  videoDiscriminator: z.enum(["full", "patch", "categorical"]).optional().describe(
    "Replaces the preset's; categorical also tells categories",
  ),
  videoTime: z.enum(["valid", "halved"]).optional().describe(
    "Replaces the preset's: filters without padding in time, or stride 2 in time (DLHacks)",
  ),
  noiseSigma: z.number().min(0).optional().describe(
    "Replaces the preset's standard deviation of the discriminators' noise; 0: none",
  ),
  noiseAt: z.enum(["inputs", "convolutions"]).optional().describe(
    "Replaces the preset's: noise on what the discriminators are shown, or before each convolution",
  ),
};

const data = {
  frames: z.int().positive().default(16).describe("Frames of the clips that are compared"),
  categories: z.int().min(0).optional().describe(
    "Categories of the generator; absent: the classes of the clips, or none",
  ),
  categoriesFrom: z.enum(["labels", "fakes", "nothing"]).default("labels").describe(
    "What the video discriminator learns categories from: labels of the clips; what fakes were made of " +
      "(InfoGAN, needs no labels); nothing, as the original without use_categories",
  ),
  categoryWeight: z.number().min(0).default(1).describe("Weight of the categories in both losses"),
};

const optimiser = {
  steps: z.int().positive().default(3000).describe(
    "Steps: each updates image discriminator, video discriminator and generator, in this order",
  ),
  imageBatch: z.int().min(2).default(16).describe("Frames in an update"),
  videoBatch: z.int().min(2).default(8).describe("Clips in an update"),
  critic: z.int().positive().default(1).describe("Updates of each discriminator in a step"),
  learningRate: z.number().positive().default(2e-4).describe("Learning rate of all three"),
  judgeLearningRate: z.number().positive().optional().describe(
    "Learning rate of the discriminators, where it is not that of the generator",
  ),
  beta1: z.number().min(0).lt(1).default(0.5).describe("Adam's decay of the mean gradient"),
  beta2: z.number().gt(0).lt(1).default(0.999).describe("Adam's decay of the mean square"),
  weightDecay: z.number().min(0).default(1e-5).describe("Decay, a part of the gradient"),
  clipNorm: z.number().positive().nullable().default(null).describe(
    "Largest gradient norm, or null",
  ),
  smoothing: z.number().min(0).lt(0.5).default(0).describe(
    "One-sided: discriminators want 1 - smoothing of real data",
  ),
  smoothGenerator: z.boolean().default(false).describe(
    "The generator too wants only 1 - smoothing (DLHacks)",
  ),
  ema: z.number().gt(0).lt(1).nullable().default(0.995).describe(
    "Decay of the average of the generator's parameters, or null for none",
  ),
};

const watching = {
  previewEvery: z.int().positive().default(250).describe("Steps between previews of clips"),
  previews: z.int().min(0).default(12).describe("Clips in a preview; 0 for no previews"),
  checkpointEvery: z.int().positive().default(250).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(25).describe("Steps between points of the curves"),
};

export const mocoganParams = z.strictObject({ ...network, ...data, ...optimiser, ...watching });

export type MocoganParams = z.output<typeof mocoganParams>;
