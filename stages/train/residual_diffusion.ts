/** Training of the diffusion that repairs what a next-frame predictor leaves. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { NamedArrays, Weights } from "../../artifacts/weights.ts";
import { buildSchedule } from "../../diffusion/build_schedule.ts";
import { lossWeights, weightingIds } from "../../diffusion/loss_weights.ts";
import { terminalSignalWarning } from "../../diffusion/noise_schedule.ts";
import { lossIds, objectiveIds } from "../../diffusion/objective.ts";
import { residualLoss } from "../../diffusion/residual_loss.ts";
import type { ResidualModel, ResidualParameters } from "../../diffusion/residual_rollout.ts";
import { scheduleIds } from "../../diffusion/schedules/mod.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { nextFrameParameters } from "../../models/next_frame.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../../models/parameters.ts";
import {
  residualPreset,
  residualPresetIds,
  residualVideoDiffusionParameters,
} from "../../models/residual_video_diffusion.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { initialise } from "../../training/initialise.ts";
import { train } from "../../training/train.ts";
import { readPredictor } from "../sample/read_predictor.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";
import { residualBatches } from "./residual_batches.ts";
import { residualCurves } from "./residual_curves.ts";
import { createResidualValidation } from "./validate_residual.ts";
import { trainingSchedule } from "./training_schedule.ts";

const id = "train/residual_diffusion";

const params = z.strictObject({
  preset: z.enum(residualPresetIds).default("small").describe("Size of the networks"),
  steps: z.int().positive().default(400).describe("Optimiser steps"),
  batch: z.int().positive().default(8).describe("Clips in a step"),
  frames: z.int().min(2).optional().describe(
    "Length of the windows cut from clips; absent: whole clips",
  ),
  warmup: z.int().min(1).default(2).describe(
    "Frames of a window that only warm the recurrent states; the rest are targets",
  ),
  schedule: z.enum(scheduleIds).default("cosine").describe("How noise grows over diffusion steps"),
  timesteps: z.int().positive().default(100).describe("Diffusion steps of the forward process"),
  objective: z.enum(objectiveIds).default("x0").describe("What the network predicts"),
  loss: z.enum(lossIds).default("l2").describe("Distance to the target"),
  weighting: z.enum(weightingIds).default("uniform").describe(
    "Weight of each diffusion step in the loss",
  ),
  gamma: z.number().positive().default(5).describe(
    "min_snr: largest signal-to-noise ratio that counts",
  ),
  sigma: z.number().positive().default(0.25).describe(
    "Unit of the residual, in pixels of range [0, 1]; 0.5 is the published 1 for [-1, 1]",
  ),
  stepPerClip: z.boolean().default(false).describe(
    "One diffusion step for all frames of a clip, as published, or one for each frame",
  ),
  freeRunning: z.number().min(0).max(1).default(0).describe(
    "Share of clips that see the predictor's own frames after the warm-up instead of true ones",
  ),
  contextNoise: z.number().min(0).default(0).describe(
    "Largest standard deviation of noise on the frames that are shown, against drift in sampling",
  ),
  joint: z.boolean().default(false).describe(
    "Fine-tune the predictor too, by the gradient through its frames",
  ),
  learningRate: z.number().positive().default(2e-3).describe("Peak of the one-cycle policy"),
  rise: z.number().gt(0).lt(1).default(0.1).describe("Share of the steps with a rising rate"),
  weightDecay: z.number().min(0).default(1e-4).describe("AdamW's decay"),
  clipNorm: z.number().positive().nullable().default(1).describe("Largest gradient norm, or null"),
  ema: z.number().gt(0).lt(1).nullable().default(0.99).describe(
    "Decay of the average of parameters, or null for none",
  ),
  validateEvery: z.int().positive().default(100).describe("Steps between validations"),
  checkpointEvery: z.int().positive().default(100).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(10).describe("Steps between points of the loss curve"),
});

type Params = z.output<typeof params>;

/**
 * Trains context net and denoiser on y = (x − μ) / σ, with the predictor frozen or, when `joint`, with it.
 *
 * The weights hold `context.*` and `denoiser.*`, and `predictor.*` as well when it was fine-tuned.
 * Source: Yang et al. 2022, Diffusion Probabilistic Modeling for Video Generation,
 * https://arxiv.org/abs/2203.09481.
 */
export const trainResidualDiffusion = defineStage({
  id,
  version: 1,
  summary: "Train a diffusion model of the residual that a next-frame predictor leaves",
  params,
  ignored: ["checkpointEvery"],
  inputs: { clips: "clips", predictor: "weights", validation: "clips?" },
  outputs: { weights: "weights", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, warn, checkpoint, signal }) {
    const clips = await inputs.clips.load();
    const held = await inputs.validation?.load();
    refuseTestSplit(id, { clips, validation: held });
    const channels = clips.shape[4];
    const predictor = readPredictor(id, await inputs.predictor.load(), channels);
    const model: ResidualModel = {
      predictor: predictor.config,
      networks: residualPreset(params.preset, channels),
      sigma: params.sigma,
      objective: params.objective,
    };
    // Not offered here: the compact denoiser divides by √ᾱ, to think in pixels.
    const schedule = buildSchedule({ ...params, zeroTerminalSnr: false });
    const warning = terminalSignalWarning(schedule);
    if (warning !== undefined) warn(warning);

    const batches = { ...params, schedule, frames: params.frames ?? clips.shape[1] };
    // Of the training alone: the validation is to compare between weightings.
    const weights = lossWeights(params, params.objective, schedule);
    const isWeighted = params.weighting !== "uniform"; // else the program need not multiply by 1
    const draw = residualBatches(clips, seed, { ...batches, ...(isWeighted ? { weights } : {}) });
    const { specs, initial, frozen, split } = arrange(params, model, predictor.parameters, seed);
    const engine = await createEngine(choice);
    const validation = held && createResidualValidation(engine, held, { ...batches, model, split });
    try {
      const { parameters, ema, history } = await train({
        engine,
        specs,
        seed,
        initial,
        loss: (trained, batch) =>
          tf.mean(residualLoss(split(trained, batch), { ...params, model }, batch)),
        batch: (step) => ({ ...frozen, ...draw(step) }),
        ...trainingSchedule(params),
        checkpoint,
        signal,
        progress,
        ...(validation
          ? {
            evaluate: {
              every: params.validateEvery,
              run: (trained) => validation.run(trained, frozen),
            },
          }
          : {}),
      });
      return {
        weights: {
          model: "residual_diffusion",
          config: configOf(params, model),
          parameters,
          ...(ema ? { ema } : {}),
          step: params.steps,
        },
        curves: residualCurves(history, params, schedule),
      };
    } finally {
      validation?.dispose();
      engine.dispose();
    }
  },
});

/** What a sampler needs to know again. */
function configOf(
  params: Params,
  { networks, sigma, predictor }: ResidualModel,
): Weights["config"] {
  const { schedule, timesteps, objective, joint } = params;
  return JSON.parse(
    JSON.stringify({ networks, sigma, schedule, timesteps, objective, joint, predictor }),
  );
}

/** Who is trained and who is not: a frozen predictor travels with each batch. */
function arrange(
  { joint }: Params,
  model: ResidualModel,
  predictor: NamedArrays,
  seed: bigint,
): {
  readonly specs: ParameterSpecs;
  readonly initial: NamedArrays;
  readonly frozen: NamedArrays;
  readonly split: (trained: Parameters, batch: Parameters) => ResidualParameters;
} {
  const residual = residualVideoDiffusionParameters(model.networks);
  const named = Object.fromEntries(
    Object.entries(predictor).map(([name, array]) => [`predictor.${name}`, array]),
  );
  const fresh = initialise(residual, seed);
  return {
    specs: joint
      ? { ...residual, ...nest("predictor", nextFrameParameters(model.predictor)) }
      : residual,
    initial: joint ? { ...fresh, ...named } : fresh,
    frozen: joint ? {} : named,
    split: (trained, batch) => ({
      residual: trained,
      predictor: under(joint ? trained : batch, "predictor"),
    }),
  };
}
