/** Training of diffusion models of still images. */

import * as tf from "@tensorflow/tfjs-core";
import type { Images } from "../../artifacts/images.ts";
import type { Json, Weights } from "../../artifacts/weights.ts";
import { lossWeights } from "../../diffusion/loss_weights.ts";
import { terminalSignalWarning } from "../../diffusion/noise_schedule.ts";
import { createEngine } from "../../engine/create_engine.ts";
import {
  imageDenoiserBuffers,
  type ImageDenoiserConfig,
  imageDenoiserParameters,
  imagePreset,
  requireDivisible,
} from "../../models/image_denoiser.ts";
import type { Parameters } from "../../models/parameters.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { train, type TrainResult } from "../../training/train.ts";
import {
  IMAGE_DIFFUSION,
  imageDiffusion,
  type ImageDiffusionConfig,
} from "../sample/image_diffusion.ts";
import { ddpmBatches, type DdpmBatchOptions } from "./ddpm_batches.ts";
import { ddpmCurves } from "./ddpm_curves.ts";
import { ddpmLoss } from "./ddpm_loss.ts";
import { type DdpmParams, ddpmParams } from "./ddpm_params.ts";
import { ddpmPolicy } from "./ddpm_policy.ts";
import { createDdpmPreview } from "./ddpm_preview.ts";
import { stepsPerEpoch } from "./image_batches.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";
import { createDdpmValidation, VALIDATION_LOSS } from "./validate_ddpm.ts";

const id = "train/ddpm";

/**
 * Trains a network to predict what noise hides: ε, x0 or v of x_n = √ᾱ x0 + √(1−ᾱ) ε, images in [−1, 1].
 *
 * Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, algorithm 1; Nichol & Dhariwal 2021,
 * https://arxiv.org/abs/2102.09672 (learned variance); Ho & Salimans 2022, https://arxiv.org/abs/2207.12598
 * (hidden labels).
 */
export const trainDdpm = defineStage({
  id,
  version: 1,
  summary: "Train a diffusion model of still images",
  params: ddpmParams,
  ignored: ["checkpointEvery", "previewEvery", "previews"],
  inputs: { images: "images", validation: "images?" },
  outputs: { weights: "weights", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, ...watch }) {
    const images = await inputs.images.load();
    const held = await inputs.validation?.load();
    refuseTestSplit(id, { images, validation: held });
    requireSameShape(images, held);
    if (params.keep === "best" && !held) {
      throw new Error(`Cannot run "${id}": keep "best" needs input "validation" to choose by`);
    }
    const config = configOf(params, images);
    const diffusion = imageDiffusion(config);
    const { network, schedule } = diffusion;
    const warning = terminalSignalWarning(schedule);
    if (warning !== undefined) watch.warn(warning);

    const { loss, objective, variance, vlbWeight } = params;
    const lossOptions = { network, loss, objective, variance, vlbWeight };
    const batches: DdpmBatchOptions = {
      ...params,
      network,
      schedule,
      weights: lossWeights(params, objective, schedule),
      augment: { flip: params.flip, crop: params.crop },
      labelDropout: params.conditional ? params.labelDropout : 0,
    };
    const engine = await createEngine(choice);
    const validation = held && createDdpmValidation(engine, held, {
      ...batches,
      ...lossOptions,
      noiseBuckets: params.noiseBuckets,
    });
    const preview = createDdpmPreview(engine, diffusion, { ...params, seed, show: watch.preview });
    try {
      const result = await train({
        engine,
        specs: imageDenoiserParameters(network),
        buffers: imageDenoiserBuffers(network),
        seed,
        loss: (parameters, batch) => {
          const { losses, buffers } = ddpmLoss(parameters, lossOptions, batch, "train");
          return { loss: tf.mean<tf.Scalar>(losses), buffers };
        },
        batch: ddpmBatches(images, seed, batches),
        ...ddpmPolicy(params, Math.ceil(stepsPerEpoch(images, params.batch) / params.accumulate)),
        ...(params.keep === "best"
          ? { keepBest: { metric: VALIDATION_LOSS, better: "lower" as const } }
          : {}),
        ...watch,
        checkpointEvery: params.checkpointEvery,
        logEvery: params.logEvery,
        evaluate: watcher(params, validation, preview),
      });
      return {
        weights: weightsOf(params, config, result),
        curves: ddpmCurves(result.history, { ...params, schedule }),
      };
    } finally {
      validation?.dispose();
      preview?.dispose();
      engine.dispose();
    }
  },
});

interface Watcher {
  run(parameters: Parameters, step: number): Promise<Readonly<Record<string, number>>>;
}

/** Validation and previews when their steps have come; previews change no result. */
function watcher(
  { steps, validateEvery, previewEvery }: DdpmParams,
  validation: Watcher | undefined,
  preview: { draw(parameters: Parameters, step: number): Promise<void> } | undefined,
) {
  const isDue = (step: number, every: number) => step % every === 0 || step === steps;
  return {
    every: 1,
    async run(parameters: Parameters, step: number) {
      if (preview && isDue(step, previewEvery)) await preview.draw(parameters, step);
      return validation && isDue(step, validateEvery) ? await validation.run(parameters, step) : {};
    },
  };
}

function configOf(params: DdpmParams, images: Images): ImageDiffusionConfig {
  const { model, conditional, objective, variance, schedule, timesteps, zeroTerminalSnr } = params;
  const [, imageHeight, imageWidth, channels] = images.shape;
  const [height, width] = params.crop
    ? [params.crop.size, params.crop.size]
    : [imageHeight, imageWidth];
  const classes = conditional ? classesOf(images) : [];
  const network: ImageDenoiserConfig = imagePreset(model, {
    channels,
    outputs: variance === "learned" ? 2 * channels : channels,
    classes: classes.length,
    size: Math.min(height, width),
    ...(params.attentionUpTo === undefined ? {} : { attentionUpTo: params.attentionUpTo }),
  });
  requireDivisible(network, { height, width });
  return {
    network,
    height,
    width,
    schedule: { schedule, timesteps, zeroTerminalSnr },
    objective,
    variance,
    classes,
    source: images.source,
  };
}

/** Names of the classes; numbers where the data names none. */
function classesOf({ labels, classes, source }: Images): readonly string[] {
  if (!labels) {
    throw new Error(
      `Cannot run "${id}": conditional needs images with labels, but "${source}" has none`,
    );
  }
  if (classes) return classes;
  return Array.from({ length: labels.reduce((a, b) => Math.max(a, b), 0) + 1 }, (_, i) => `${i}`);
}

function requireSameShape(images: Images, held: Images | undefined): void {
  const [wanted, found] = [images, held ?? images].map(({ shape }) => shape.slice(1).join("x"));
  if (wanted === found) return;
  throw new Error(
    `Cannot run "${id}": input "validation" must hold images of ${wanted} as input "images", but ` +
      `they are ${found}`,
  );
}

function weightsOf(
  { keep, steps }: DdpmParams,
  config: ImageDiffusionConfig,
  result: TrainResult,
): Weights {
  const { parameters, ema, step } = keep === "best" && result.best
    ? result.best
    : { ...result, step: steps };
  return {
    model: IMAGE_DIFFUSION,
    config: JSON.parse(JSON.stringify(config)) as Json,
    parameters,
    ...(ema ? { ema } : {}),
    step,
  };
}
