/** Training of the feature extractor that Fréchet distances of digit videos use. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Curves } from "../../artifacts/curves.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { digitClassifierParameters, digitLogits } from "../../models/digit_classifier.ts";
import type { Parameters } from "../../models/parameters.ts";
import { defineStage } from "../../pipelines/stage.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { oneCycle } from "../../training/learning_rate.ts";
import { train } from "../../training/train.ts";
import { digitBatches, singleDigits } from "./digit_canvases.ts";
import { measureAccuracy } from "./measure_accuracy.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";

const id = "train/digit_features";

/** Below this, features say too little about digits to compare videos of them. */
const EXPECTED_ACCURACY = 0.985;

const params = z.strictObject({
  steps: z.int().positive().default(2200).describe("Optimiser steps"),
  batch: z.int().positive().default(64).describe("Canvases in a step"),
  canvas: z.int().min(28).default(36).describe(
    "Edge of the canvas a digit is placed on, in pixels",
  ),
  pairs: z.number().min(0).max(1).default(0.2).describe(
    "Share of canvases with a second digit, which may cover the first",
  ),
  noise: z.number().min(0).default(0.2).describe(
    "Largest standard deviation of noise on a canvas; makes features steady under faint noise",
  ),
  features: z.int().positive().default(64).describe("Number of features of an image"),
  learningRate: z.number().positive().default(0.01).describe("Peak of the one-cycle policy"),
  weightDecay: z.number().min(0).default(0.01).describe("AdamW's decay"),
  checkpointEvery: z.int().positive().default(500).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(50).describe("Steps between points of the loss curve"),
});

/**
 * Trains a small classifier of digits and keeps it as an extractor of features.
 *
 * Test images only measure the accuracy, on canvases of the training's size; nothing is chosen by it.
 */
export const trainDigitFeatures = defineStage({
  id,
  version: 1,
  summary: "Train a digit classifier whose features compare digit videos (Fréchet distance)",
  params,
  ignored: ["checkpointEvery"],
  inputs: { train: "images", test: "images" },
  outputs: { features: "feature_extractor", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, warn, checkpoint, signal }) {
    const [images, testImages] = [await inputs.train.load(), await inputs.test.load()];
    refuseTestSplit(id, { train: images });
    const config = { widths: [16, 32, 64, params.features] } as const;
    const { canvas: size, pairs, noise } = params;
    const batches = digitBatches(images, { size, pairs, noise, seed });
    const engine = await createEngine(choice);
    try {
      const { ema = {}, history } = await train({
        engine,
        specs: digitClassifierParameters(config),
        seed,
        loss: crossEntropy,
        batch: (step) => batches(step, params.batch),
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
      const testAccuracy = await measureAccuracy(engine, digitLogits, ema, {
        count: testImages.shape[0],
        take: (from, count) => singleDigits(testImages, from, count, { size, seed }),
      });
      if (testAccuracy < EXPECTED_ACCURACY) {
        warn(
          `The digit classifier is right for ${percent(testAccuracy)} of ${
            testImages.shape[0]
          } test ` +
            `digits; ${percent(EXPECTED_ACCURACY)} are expected of features that compare videos`,
        );
      }
      return {
        features: {
          name: "digits",
          model: "digit_classifier",
          config,
          dimensions: params.features,
          parameters: ema,
          facts: { testAccuracy, testDigits: testImages.shape[0] },
        },
        curves: lossCurve(history),
      };
    } finally {
      engine.dispose();
    }
  },
});

/** −Σ share · log softmax(logits), mean over canvases. */
function crossEntropy(
  parameters: Parameters,
  batch: Readonly<Record<string, tf.Tensor>>,
): tf.Scalar {
  const logits = digitLogits(parameters, batch["canvases"]!);
  const each = tf.sum(tf.mul(batch["shares"]!, tf.logSoftmax(logits)), 1);
  return tf.neg(tf.mean<tf.Scalar>(each));
}

function lossCurve(history: readonly HistoryEntry[]): Curves {
  const points = history.map(({ step, values }) => [step, values["loss"]!] as const);
  return {
    charts: [{
      title: "Digit classifier",
      xLabel: "step",
      yLabel: "cross-entropy (nats)",
      logY: true,
      series: [{ name: "training loss", points }],
    }],
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
