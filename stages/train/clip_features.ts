/** Training of the network whose features compare clips of labelled motions. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Clips } from "../../artifacts/clips.ts";
import type { FeatureExtractor } from "../../artifacts/feature_extractor.ts";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import {
  clipClassifierParameters,
  clipFeatures,
  clipLogits,
  THUMBNAIL,
  thumbnails,
} from "../../models/clip_classifier.ts";
import type { Parameters } from "../../models/parameters.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import type { Batch, LossResult } from "../../training/loss_and_gradients.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { oneCycle } from "../../training/learning_rate.ts";
import { train } from "../../training/train.ts";
import { openClipFeatures } from "../evaluate/clip_features.ts";
import { categoryAccuracy, categoryLoss } from "./adversarial_loss.ts";
import { clipWindows } from "./clip_windows.ts";
import { curvesOf, seriesOf, STEP_LABEL } from "./history_charts.ts";
import { oneHot } from "./mocogan_batches.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";

const id = "train/clip_features";

/** Below this, the accuracy of generated clips says little about them. */
const EXPECTED_ACCURACY = 0.95;

const params = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/).default("clips").describe(
    "Short name, as in fid[shapes 3f2a1c]",
  ),
  width: z.int().positive().default(8).describe("Channels after the first convolution"),
  frameFeatures: z.int().positive().default(32).describe("Features of a frame"),
  clipFeatures: z.int().positive().default(48).describe("Features of a clip"),
  frames: z.int().min(2).optional().describe("Length of the windows; absent: whole clips"),
  steps: z.int().positive().default(600).describe("Optimiser steps"),
  batch: z.int().positive().default(16).describe("Clips in a step"),
  noise: z.number().min(0).default(0.05).describe(
    "Standard deviation of noise on frames; makes features steady under faint noise",
  ),
  learningRate: z.number().positive().default(3e-3).describe("Peak of the one-cycle policy"),
  weightDecay: z.number().min(0).default(0.01).describe("AdamW's decay"),
  checkpointEvery: z.int().positive().default(200).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(20).describe("Steps between points of the curves"),
});

/**
 * Trains a small classifier of clips, whose frames' features must also suffice to draw a thumbnail: so they know
 * colours and places, which the classes alone do not ask for.
 *
 * Held-out clips only measure the accuracy; nothing is chosen by it.
 */
export const trainClipFeatures = defineStage({
  id,
  version: 1,
  summary: "Train a classifier of clips whose features compare generated clips with real ones",
  params,
  ignored: ["checkpointEvery"],
  inputs: { clips: "clips", heldOut: "clips" },
  outputs: { features: "feature_extractor", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, warn, checkpoint, signal }) {
    const [clips, heldOut] = [await inputs.clips.load(), await inputs.heldOut.load()];
    refuseTestSplit(id, { clips });
    const labels = requireLabels(clips);
    requireLabels(heldOut);
    const classes = 1 + labels.reduce((a, b) => Math.max(a, b), 0);
    const [, time, size, , channels] = clips.shape;
    const { width, frameFeatures, clipFeatures: dimensions, batch, noise } = params;
    const config = { size, channels, classes, width, frameFeatures, clipFeatures: dimensions };
    const draw = clipWindows(clips, seed, {
      batch,
      frames: params.frames ?? time,
      range: [0, 1],
    });
    const engine = await createEngine(choice);
    try {
      const { ema = {}, history } = await train({
        engine,
        specs: clipClassifierParameters(config),
        seed,
        loss: featureLoss,
        batch(step) {
          const { chosen, windows } = draw(step);
          const own = chosen.map((clip) => labels[clip]!);
          return {
            clips: windows,
            shown: withNoise(windows, { seed, step, noise }),
            labels: oneHot(own, classes),
          };
        },
        steps: params.steps,
        optimiser: {
          learningRate: oneCycle({ peak: params.learningRate, steps: params.steps }),
          weightDecay: params.weightDecay,
          clipNorm: 1,
        },
        ema: { decay: 0.99, warmup: true },
        checkpoint,
        checkpointEvery: params.checkpointEvery,
        logEvery: params.logEvery,
        signal,
        progress,
      });
      const extractor = {
        name: params.name,
        model: "clip_classifier",
        config,
        dimensions,
        parameters: ema,
      };
      const accuracy = await accuracyOf(engine, { ...extractor, facts: {} }, heldOut);
      if (accuracy < EXPECTED_ACCURACY) {
        warn(
          `The classifier of clips is right for ${(100 * accuracy).toFixed(1)} % of ` +
            `${heldOut.shape[0]} held-out clips; ${
              100 * EXPECTED_ACCURACY
            } % are expected of one ` +
            "that judges generated clips",
        );
      }
      return {
        features: {
          ...extractor,
          facts: { testAccuracy: accuracy, testClips: heldOut.shape[0] },
        },
        curves: curvesOf([
          {
            title: "Classifier of clips",
            xLabel: STEP_LABEL,
            yLabel: "loss",
            logY: true,
            series: [
              seriesOf(history, "category", "cross-entropy (nats)"),
              seriesOf(history, "thumbnail", "thumbnails, mean squared error"),
            ],
          },
          {
            title: "Accuracy on training batches",
            xLabel: STEP_LABEL,
            yLabel: "share",
            series: [seriesOf(history, "accuracy", "accuracy")],
          },
        ]),
      };
    } finally {
      engine.dispose();
    }
  },
});

function requireLabels({ labels, source }: Clips): Int32Array {
  if (labels) return labels;
  throw new Error(`Cannot run "${id}": clips must be labelled, but "${source}" has no labels`);
}

/** What thumbnails weigh: their squared errors are far below a cross-entropy. */
const THUMBNAIL_WEIGHT = 20;

/** CE(class) + weight MSE(thumbnail), thumbnails those of the frames without noise. */
function featureLoss(parameters: Parameters, { clips, shown, labels }: Batch): LossResult {
  const features = clipFeatures(parameters, shown!);
  const logits = clipLogits(parameters, features.clips);
  const category = categoryLoss(logits, labels!);
  const drawn = thumbnails(parameters, features.frames);
  const thumbnail = tf.mean<tf.Scalar>(tf.square(tf.sub(drawn, shrink(clips!))));
  return {
    loss: tf.add(category, tf.mul(thumbnail, THUMBNAIL_WEIGHT)),
    buffers: {},
    told: { category, thumbnail, accuracy: categoryAccuracy(logits, labels!) },
  };
}

/** `[clip, frame, size, size, channel] -> [clip * frame, 8, 8, channel]`, means of squares. */
function shrink(clips: tf.Tensor): tf.Tensor {
  const [count, time, size, , channels] = (clips as tf.Tensor5D).shape;
  const edge = size / THUMBNAIL;
  // [row, 8, edge, 8, edge, channel]
  const parts = tf.reshape(clips, [count * time, THUMBNAIL, edge, THUMBNAIL, edge, channels]);
  return tf.mean(parts, [2, 4]);
}

function withNoise(
  { shape, data }: HostTensor,
  { seed, step, noise }: { readonly seed: bigint; readonly step: number; readonly noise: number },
): HostTensor {
  if (noise === 0) return { shape, data };
  const drawn = normals({ seed, stream: Stream.noise, step }, data.length);
  return { shape, data: drawn.map((z, i) => data[i]! + noise * z) };
}

/** The share of clips whose class the network names. */
async function accuracyOf(
  engine: Engine,
  extractor: FeatureExtractor,
  clips: Clips,
): Promise<number> {
  const opened = openClipFeatures(engine, extractor, clips);
  try {
    const { classes } = await opened.extract(clips);
    const right = classes.filter((found, clip) => found === clips.labels![clip]).length;
    return right / classes.length;
  } finally {
    opened.dispose();
  }
}
