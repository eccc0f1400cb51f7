/** Training of the next-frame predictor. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { createEngine } from "../../engine/create_engine.ts";
import {
  initialHidden,
  nextFrame,
  type NextFrameConfig,
  nextFrameParameters,
} from "../../models/next_frame.ts";
import { nextFramePreset, nextFramePresetIds } from "../../models/next_frame_presets.ts";
import type { Parameters } from "../../models/parameters.ts";
import { Stream, uniforms } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { train } from "../../training/train.ts";
import { clipBatches } from "./clip_batches.ts";
import { nextFrameCurves } from "./next_frame_curves.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";
import { createClipValidation } from "./validate_next_frame.ts";
import { trainingSchedule } from "./training_schedule.ts";

const id = "train/next_frame";

const params = z.strictObject({
  preset: z.enum(nextFramePresetIds).default("small").describe("Size of the network"),
  patch: z.int().positive().optional().describe("Replaces the preset's edge of patches"),
  widths: z.array(z.int().positive()).min(1).optional().describe(
    "Replaces the preset's hidden channels of each level, finest first",
  ),
  layers: z.int().positive().optional().describe("Replaces the preset's GRUs per level"),
  kernel: z.int().positive().optional().describe("Replaces the preset's edge of GRU filters"),
  motion: z.strictObject({
    radius: z.int().positive().describe("Longest displacement on each axis, in pixels per frame"),
    layers: z.int().positive().describe("Layers that move differently"),
  }).nullable().optional().describe(
    "Replaces the preset's moving layers; null draws pixels instead of moving them",
  ),
  steps: z.int().positive().default(800).describe("Optimiser steps"),
  batch: z.int().positive().default(8).describe("Clips in a step"),
  frames: z.int().min(2).optional().describe(
    "Length of the windows cut from clips; absent: whole clips",
  ),
  learningRate: z.number().positive().default(4e-3).describe("Peak of the one-cycle policy"),
  rise: z.number().gt(0).lt(1).default(0.1).describe("Share of the steps with a rising rate"),
  weightDecay: z.number().min(0).default(0.01).describe("AdamW's decay"),
  clipNorm: z.number().positive().nullable().default(1).describe("Largest gradient norm, or null"),
  loss: z.enum(["bce", "mse"]).default("mse").describe(
    "Per pixel: binary cross-entropy, or squared error",
  ),
  teacherForcing: z.number().min(0).max(1).default(0.5).describe(
    "Share of the training over which the probability of seeing true frames after the context " +
      "falls from 1 to 0, drawn once per clip; 0: always free-running",
  ),
  ema: z.number().gt(0).lt(1).nullable().default(null).describe(
    "Decay of the average of parameters that is scored and used later, or null for none",
  ),
  validateEvery: z.int().positive().default(200).describe("Steps between validations"),
  checkpointEvery: z.int().positive().default(100).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(10).describe("Steps between points of the loss curve"),
});

type Params = z.output<typeof params>;

/** Trains by backpropagation through all frames of a clip; every predicted frame is in the loss. */
export const trainNextFrame = defineStage({
  id,
  version: 1,
  summary: "Train a ConvGRU U-Net to predict the next frame of a video",
  params,
  ignored: ["checkpointEvery"],
  inputs: { clips: "clips", validation: "clips?" },
  outputs: { weights: "weights", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, checkpoint, signal }) {
    const clips = await inputs.clips.load();
    const held = await inputs.validation?.load();
    refuseTestSplit(id, { clips, validation: held });
    const config = configOf(params, clips.shape[4]);
    const specs = nextFrameParameters(config);
    const engine = await createEngine(choice);
    const validation = held && createClipValidation(engine, config, held, signal);
    const draw = clipBatches(clips, seed);
    const frames = params.frames ?? clips.shape[1];
    try {
      const result = await train({
        engine,
        specs,
        seed,
        loss: (parameters, batch) =>
          rolloutLoss(parameters, batch, {
            config,
            kind: params.loss,
            context: clips.contextFrames,
          }),
        batch: (step) => ({
          ...draw({ step, seen: step * params.batch, batch: params.batch, frames }),
          forced: forcedClips(params, seed, step),
        }),
        ...trainingSchedule(params),
        checkpoint,
        signal,
        progress,
        ...(validation ? { evaluate: { every: params.validateEvery, run: validation.run } } : {}),
      });
      const { parameters, ema, history } = result;
      return {
        weights: {
          model: "next_frame",
          config: { ...config },
          parameters,
          ...(ema ? { ema } : {}),
          step: params.steps,
        },
        curves: nextFrameCurves(history, params.loss),
      };
    } finally {
      validation?.dispose();
      engine.dispose();
    }
  },
});

/** The preset with the parameters that replace parts of it. */
function configOf(
  { preset, patch, widths, layers, kernel, motion }: Params,
  channels: number,
): NextFrameConfig {
  const base = nextFramePreset(preset, channels);
  return {
    ...base,
    patch: patch ?? base.patch,
    widths: widths ?? base.widths,
    layers: layers ?? base.layers,
    kernel: kernel ?? base.kernel,
    motion: motion === undefined ? base.motion : motion,
  };
}

/** Which clips of a step see true frames after the context: `[batch, 1, 1, 1]` of 0 and 1. */
function forcedClips(
  { teacherForcing, steps, batch }: Params,
  seed: bigint,
  step: number,
): HostTensor {
  const probability = teacherForcing === 0 ? 0 : 1 - step / (steps * teacherForcing);
  const drawn = uniforms({ seed, stream: Stream.teacherForcing, step }, batch);
  return {
    shape: [batch, 1, 1, 1],
    data: Float32Array.from(drawn, (u) => u < probability ? 1 : 0),
  };
}

/**
 * Mean loss per pixel over all predicted frames, the first of which follows the first frame.
 *
 * During the context the network sees true frames; after it, clips that are not `forced` see the
 * network's own frames, and gradients flow through them.
 * Source: Bengio et al. 2015 (scheduled sampling), https://arxiv.org/abs/1506.03099.
 */
export function rolloutLoss(
  parameters: Parameters,
  { forced, ...frames }: Readonly<Record<string, tf.Tensor>>,
  { config, kind, context }: {
    readonly config: NextFrameConfig;
    readonly kind: "bce" | "mse";
    readonly context: number;
  },
): tf.Scalar {
  const frame = (t: number) => frames[`frame${t}`]! as tf.Tensor4D;
  const count = Object.keys(frames).length;
  const [batch, height, width] = frame(0).shape;
  let hidden = initialHidden(config, { batch, height, width });
  let shown: tf.Tensor = frame(0);
  let total: tf.Tensor = tf.scalar(0);
  for (let t = 0; t < count - 1; t++) {
    const { mean, hidden: next } = nextFrame(parameters, config, shown, hidden);
    const truth = frame(t + 1);
    total = tf.add(total, pixelLoss(kind, mean, truth));
    hidden = next;
    const isContext = t + 1 < context;
    shown = isContext || !forced ? truth : tf.add(mean, tf.mul(forced, tf.sub(truth, mean)));
  }
  return tf.div(total, count - 1);
}

/** Moves means inside (0, 1), where logarithms are finite and their gradients below 1e4. */
const MARGIN = 1e-4;

function pixelLoss(kind: "bce" | "mse", mean: tf.Tensor, truth: tf.Tensor): tf.Tensor {
  if (kind === "mse") return tf.mean(tf.square(tf.sub(mean, truth)));
  // −(x log μ + (1 − x) log(1 − μ))
  const inside = tf.add(tf.mul(mean, 1 - 2 * MARGIN), MARGIN);
  const ink = tf.mul(truth, tf.log(inside));
  const paper = tf.mul(tf.sub(1, truth), tf.log(tf.sub(1, inside)));
  return tf.neg(tf.mean(tf.add(ink, paper)));
}
