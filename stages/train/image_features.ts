/** Training of the feature extractor that Fréchet distances of still images use. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Curves } from "../../artifacts/curves.ts";
import type { Images } from "../../artifacts/images.ts";
import type { NamedArrays } from "../../artifacts/weights.ts";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import {
  classLogits,
  type ImageClassifierConfig,
  imageClassifierParameters,
  imageFeatures,
} from "../../models/image_classifier.ts";
import { linear, linearParameters } from "../../models/layers/linear.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../../models/parameters.ts";
import { projectionHead, projectionHeadParameters } from "../../models/projection_head.ts";
import { defineStage } from "../../pipelines/stage.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { oneCycle } from "../../training/learning_rate.ts";
import { train } from "../../training/train.ts";
import { contrastiveLoss } from "./contrastive_loss.ts";
import { curvesOf, seriesOf, STEP_LABEL } from "./history_charts.ts";
import { viewBatches } from "./labelled_views.ts";
import { measureAccuracy } from "./measure_accuracy.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";
import { spoilings } from "./spoil_image.ts";

const id = "train/image_features";

/** Of the projection that the contrastive loss sees. */
const POINT_DIMENSIONS = 32;
const TEMPERATURE = 0.2;

const params = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/).default("images").describe(
    "Short name of the extractor, as in fid[images 3f2a1c]",
  ),
  steps: z.int().positive().default(300).describe("Optimiser steps"),
  batch: z.int().min(2).default(64).describe(
    "Images in a step; the network sees two copies of each",
  ),
  widths: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()])
    .default([32, 48, 64]).describe("Channels of the first three convolutions"),
  features: z.int().positive().max(64).default(32).describe("Number of features of an image"),
  contrast: z.number().min(0).default(0.3).describe(
    "Weight of telling images apart by their copies, beside 1 for naming their class; 0: labels alone",
  ),
  spoiling: z.number().min(0).default(1).describe(
    "Weight of naming how an image was spoilt (blur, noise, jumble, mixture); 0: not asked",
  ),
  flip: z.number().min(0).max(1).default(0.5).describe(
    "Probability of mirroring a copy left to right",
  ),
  shift: z.int().min(0).default(2).describe("Longest shift of a copy along each axis, in pixels"),
  noise: z.number().min(0).default(0).describe(
    "Largest standard deviation of noise on a copy; makes features steady under faint noise",
  ),
  learningRate: z.number().positive().default(0.01).describe("Peak of the one-cycle policy"),
  weightDecay: z.number().min(0).default(0.01).describe("AdamW's decay"),
  checkpointEvery: z.int().positive().default(500).describe("Steps between checkpoints"),
  logEvery: z.int().positive().default(25).describe("Steps between points of the loss curve"),
});

/**
 * Trains a small network to name the class of images, where they have labels, and to tell each image from
 * all others whatever its variation; keeps its features.
 *
 * Held-out images only measure the accuracy; nothing is chosen by it. Features know their training images:
 * the distance of these to held-out images is above that of held-out images to each other, so a model that
 * repeats its training images does not reach the floor.
 */
export const trainImageFeatures = defineStage({
  id,
  version: 1,
  summary: "Train a small network whose features compare sets of images (Fréchet distance, KID)",
  params,
  ignored: ["checkpointEvery"],
  inputs: { train: "images", heldOut: "images?" },
  outputs: { features: "feature_extractor", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, warn, checkpoint, signal }) {
    const images = await inputs.train.load();
    const heldOut = await inputs.heldOut?.load();
    refuseTestSplit(id, { train: images });
    const config = configOf(images, params);
    requireTrainable(images, params);
    const draw = viewBatches(images, config.classes, { ...params, seed });
    const engine = await createEngine(choice);
    try {
      const { ema = {}, history } = await train({
        engine,
        specs: specsOf(config, params),
        seed,
        loss: (parameters, batch) => viewLoss(parameters, batch, params),
        batch: (step) => draw(step, params.batch),
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
      const parameters = Object.fromEntries(
        Object.entries(ema).filter(([name]) => name in imageClassifierParameters(config)),
      );
      const accuracy = images.labels && heldOut && await accuracyOn(engine, parameters, heldOut);
      if (accuracy && accuracy.share <= accuracy.chance) {
        warn(
          `The classifier behind the features is right for ${percent(accuracy.share)} of ` +
            `${accuracy.count} held-out images; naming the most frequent class always is right ` +
            `for ${percent(accuracy.chance)}`,
        );
      }
      return {
        features: {
          name: params.name,
          model: "image_classifier",
          config,
          dimensions: params.features,
          parameters,
          facts: accuracy
            ? {
              heldOutAccuracy: accuracy.share,
              chanceAccuracy: accuracy.chance,
              heldOutImages: accuracy.count,
            }
            : {},
        },
        curves: lossCurve(history),
      };
    } finally {
      engine.dispose();
    }
  },
});

type Params = z.output<typeof params>;

function configOf({ labels, classes, shape }: Images, params: Params): ImageClassifierConfig {
  const [first, second, third] = params.widths;
  const seen = Array.from(labels ?? [0]).reduce((most, label) => Math.max(most, label + 1), 1);
  return {
    channels: shape[3],
    classes: Math.max(classes?.length ?? 0, seen),
    widths: [first, second, third, params.features],
  };
}

/** The classifier's, and those of the projection where there is a contrastive loss. */
function specsOf(
  config: ImageClassifierConfig,
  { contrast, spoiling, features }: Params,
): ParameterSpecs {
  const classifier = imageClassifierParameters(config);
  const projection = projectionHeadParameters({ inputs: features, outputs: POINT_DIMENSIONS });
  const spoilt = linearParameters({ inputs: features, outputs: spoilings.length });
  return {
    ...classifier,
    ...(contrast > 0 && nest("projection", projection)),
    ...(spoiling > 0 && nest("spoiling", spoilt)),
  };
}

/** @throws {Error} When nothing is left to learn from. */
function requireTrainable(
  { labels, shape, source }: Images,
  { contrast, spoiling }: Params,
): void {
  if (contrast === 0 && spoiling === 0 && !labels) {
    throw new Error(
      `Cannot train features: with contrast 0 and spoiling 0 the images of "${source}" need labels, ` +
        "but have none",
    );
  }
  if (labels?.some((label) => label < 0)) {
    throw new Error(`Cannot train features: a label of "${source}" is below 0`);
  }
  if (Math.min(shape[0], shape[1], shape[2]) < 2) {
    throw new Error(`Cannot train features on "${source}": [${shape}] is too small to vary`);
  }
}

/** −log softmax(logits) of the class, plus the contrastive loss between copies. */
function viewLoss(
  parameters: Parameters,
  batch: Readonly<Record<string, tf.Tensor>>,
  { contrast, spoiling }: Params,
): tf.Scalar {
  const features = imageFeatures(parameters, batch["views"]!);
  let loss = crossEntropy(classLogits(parameters, features), batch["classes"]!);
  if (contrast > 0) {
    const points = projectionHead(under(parameters, "projection"), features);
    loss = tf.add(loss, tf.mul(contrast, contrastiveLoss(points, TEMPERATURE)));
  }
  if (spoiling > 0) {
    const spoilt = imageFeatures(parameters, batch["spoilt"]!);
    const logits = linear(under(parameters, "spoiling"), spoilt);
    loss = tf.add(loss, tf.mul(spoiling, crossEntropy(logits, batch["spoilings"]!)));
  }
  return loss;
}

function crossEntropy(logits: tf.Tensor, shares: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(shares, tf.logSoftmax(logits)), 1)));
}

interface Accuracy {
  readonly share: number;
  /** Of the classifier that always names the most frequent class of the held-out images. */
  readonly chance: number;
  readonly count: number;
}

async function accuracyOn(
  engine: Engine,
  parameters: NamedArrays,
  { pixels, labels, shape: [count, height, width, channels] }: Images,
): Promise<Accuracy | undefined> {
  if (!labels) return undefined;
  const size = height * width * channels;
  const scale = pixels instanceof Uint8Array ? 1 / 255 : 1;
  const logits = (parameters: Parameters, images: tf.Tensor) =>
    classLogits(parameters, imageFeatures(parameters, images));
  const share = await measureAccuracy(engine, logits, parameters, {
    count,
    take: (from, some) => ({
      images: {
        shape: [some, height, width, channels],
        data: Float32Array.from(
          pixels.subarray(from * size, (from + some) * size),
          (v) => v * scale,
        ),
      },
      labels: labels.slice(from, from + some),
    }),
  });
  const sizes = [...Map.groupBy(labels, (label) => label).values()].map(({ length }) => length);
  return { share, chance: Math.max(...sizes) / count, count };
}

function lossCurve(history: readonly HistoryEntry[]): Curves {
  return curvesOf([{
    title: "Image features",
    xLabel: STEP_LABEL,
    yLabel: "loss (nats)",
    series: [seriesOf(history, "loss", "naming and telling apart")],
  }]);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
