/** Sampling of diffusion models of still images. */

import { z } from "zod";
import type { Images } from "../../artifacts/images.ts";
import { chooseSampler, samplerIds } from "../../diffusion/choose_sampler.ts";
import { varianceIds } from "../../diffusion/log_variance.ts";
import { solverIds } from "../../diffusion/samplers/dpmpp_2m.ts";
import { spacingIds } from "../../diffusion/timestep_spacing.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";
import { createImageSampler } from "./draw_images.ts";
import { type ImageDiffusion, readImageDiffusion } from "./image_diffusion.ts";
import { drawPictures } from "./image_pictures.ts";
import { toBytes, toUnit } from "./image_values.ts";

const id = "sample/ddpm";

const params = z.strictObject({
  count: z.int().positive().default(256).describe("Images to draw"),
  sampler: z.enum(samplerIds).default("ddim").describe("How noise becomes an image"),
  steps: z.int().positive().default(50).describe("Network calls for an image"),
  spacing: z.enum(spacingIds).default("trailing").describe("Which diffusion steps are visited"),
  eta: z.number().min(0).max(1).default(0).describe("Fresh noise of ddim: 0 none, 1 as ancestral"),
  variance: z.enum(varianceIds).default("small").describe(
    "Variance of a step of the ancestral sampler",
  ),
  rederiveNoise: z.boolean().default(true).describe(
    "ddim: take the noise from the clipped image, not from the network's answer",
  ),
  dpmpp: z.strictObject({
    solver: z.enum(solverIds).exactOptional().describe("Second-order rule; absent: midpoint"),
    lowerOrderFinal: z.boolean().exactOptional().describe(
      "Whether the last of fewer than 15 steps is of first order; absent: it is",
    ),
    lambdaMin: z.number().exactOptional().describe(
      "Diffusion steps with a smaller half log SNR are not visited; -5.1 suits cosine",
    ),
    karrasRho: z.number().positive().nullable().exactOptional().describe(
      "Noise levels by Karras' rule with this exponent, 7 in the paper; absent: by spacing",
    ),
  }).exactOptional().describe("Options of dpmpp_2m"),
  clip: z.number().positive().nullable().default(1).describe(
    "Bound of the predicted image at each step, in [-1, 1] of images; null clips nothing",
  ),
  weights: z.enum(["ema", "raw"]).default("ema").describe(
    "The average of parameters, where training kept one, or those of the last step",
  ),
  batchNorm: z.enum(["running", "batch"]).default("running").describe(
    "Statistics of batch norm: those of training, or of the images drawn together (a published bug)",
  ),
  classes: z.array(z.string().min(1)).min(1).optional().describe(
    "Classes to draw in turn; absent: all that a conditional model knows",
  ),
  classesAsIn: z.boolean().default(false).describe(
    "Draw image i of the class of image i of the input instead: for scores, which compare sets",
  ),
  guidance: z.number().min(0).nullable().default(null).describe(
    "Scale of classifier-free guidance, 1 is none; null asks the network once per step",
  ),
  batch: z.int().positive().default(64).describe("Images drawn together"),
  shown: z.int().positive().default(64).describe("Images in the grid"),
  trajectories: z.int().min(0).default(6).describe("Images whose way from noise is shown"),
  trajectoryEvery: z.int().positive().optional().describe(
    "Sampler steps between two pictures of a way; absent: ten pictures",
  ),
  noised: z.int().min(0).default(4).describe(
    "Images of the input that are shown with more and more noise",
  ),
  interpolations: z.int().min(0).default(4).describe("Pairs of seeds with the images between them"),
  interpolationSteps: z.int().min(3).default(9).describe("Images from one seed to the other"),
});

export type DdpmSampleParams = z.output<typeof params>;

/**
 * Draws images from noise. Image i depends on the seed and on i alone, not on how many are drawn or how they are
 * batched (unless `batchNorm` is "batch", which is why that is a bug).
 *
 * Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, algorithm 2; each sampler's file names its own.
 */
export const sampleDdpm = defineStage({
  id,
  version: 1,
  summary:
    "Draw images from a diffusion model: samples, their ways from noise, the images between seeds",
  params,
  inputs: { weights: "weights", images: "images?" },
  outputs: { images: "images", pictures: "media" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal }) {
    const { diffusion, parameters: arrays } = readImageDiffusion(
      id,
      await inputs.weights.load(),
      params.weights,
    );
    requireVariance(params, diffusion);
    const clean = await inputs.images?.load();
    const { schedule, objective } = diffusion;
    const labels = labelsOf(params, diffusion, clean);
    const engine = await createEngine(choice);
    const sampler = createImageSampler(engine, {
      diffusion,
      steps: chooseSampler(params, schedule, objective),
      clip: params.clip,
      guidance: params.guidance,
      batchNorm: params.batchNorm === "batch" ? "batch_statistics" : "eval",
      batch: Math.min(params.batch, params.count),
    });
    const parameters = toDevice(arrays);
    try {
      const drawn = await sampler.draw(parameters, {
        seed,
        images: Array.from({ length: params.count }, (_, i) => i),
        ...(labels ? { labels } : {}),
        signal,
        progress: (step, of) => progress({ step, of, message: "sampler steps" }),
      });
      const images = toUnit(drawn);
      const pictures = await drawPictures({
        params,
        diffusion,
        seed,
        images,
        labels,
        clean,
        draw: (drawing) => sampler.draw(parameters, { ...drawing, seed, signal }),
      });
      return {
        images: imagesOf(params, diffusion, images, labels),
        pictures: { items: pictures },
      };
    } finally {
      disposeAll(parameters);
      sampler.dispose();
      engine.dispose();
    }
  },
});

function requireVariance({ sampler, variance }: DdpmSampleParams, diffusion: ImageDiffusion): void {
  if (sampler !== "ancestral" || variance !== "learned" || diffusion.variance === "learned") return;
  throw new Error(
    `Cannot run "${id}": variance "learned" needs a model that was trained with it, but this one ` +
      `predicts ${diffusion.objective} only`,
  );
}

/** Class of each image, in turn or as the input's; undefined for a model without classes. */
function labelsOf(
  { count, classes: wanted, classesAsIn }: DdpmSampleParams,
  { classes }: ImageDiffusion,
  clean: Images | undefined,
): Int32Array | undefined {
  if (classes.length === 0) {
    if (wanted === undefined) return undefined;
    throw new Error(`Cannot run "${id}": classes are wanted, but the model was trained without`);
  }
  if (classesAsIn) return labelsAsIn(clean, classes, count);
  const numbers = (wanted ?? classes).map((name) => {
    const number = classes.indexOf(name);
    if (number >= 0) return number;
    throw new Error(
      `Cannot run "${id}": there is no class "${name}"; the model knows ${classes.join(", ")}`,
    );
  });
  return Int32Array.from({ length: count }, (_, i) => numbers[i % numbers.length]!);
}

function labelsAsIn(
  images: Images | undefined,
  classes: readonly string[],
  count: number,
): Int32Array {
  if (images?.labels && images.classes?.join() === classes.join()) {
    const { labels } = images;
    return Int32Array.from({ length: count }, (_, i) => labels[i % labels.length]!);
  }
  throw new Error(
    `Cannot run "${id}": classesAsIn needs input "images" with the classes of the model, ` +
      `${classes.join(", ")}, but ${
        images ? `it has ${images.classes?.join(", ") ?? "none"}` : "it is not connected"
      }`,
  );
}

function imagesOf(
  { count }: DdpmSampleParams,
  { height, width, network, classes, source }: ImageDiffusion,
  images: Float32Array,
  labels: Int32Array | undefined,
): Images {
  return {
    pixels: toBytes(images),
    shape: [count, height, width, network.channels],
    ...(labels ? { labels, classes } : {}),
    split: "generated",
    source: `samples of a diffusion model of ${source}`,
  };
}
