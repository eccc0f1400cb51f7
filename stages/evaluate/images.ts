/** Scores of generated still images. */

import { z } from "zod";
import { defineStage } from "../../pipelines/stage.ts";
import {
  featureMetricIds,
  type ImageMetricId,
  imageMetricIds,
  trainingMetricIds,
  wantedImageMetrics,
} from "./image_metrics.ts";
import { storedImages } from "./image_sets.ts";
import {
  findNearest,
  nearestChart,
  nearestScores,
  nearestSheet,
} from "./nearest_training_images.ts";
import { requireMatchingImages } from "./require_matching_images.ts";
import { type ScoredSets, scoreImageFeatures } from "./score_image_features.ts";

const params = z.strictObject({
  metrics: z.array(z.enum(imageMetricIds)).min(1).optional().describe(
    "What to compute; absent: all that the inputs allow",
  ),
  neighbours: z.int().positive().default(3).describe(
    "Which nearest neighbour bounds the balls of precision, recall, density and coverage",
  ),
  resamples: z.int().min(0).default(20).describe(
    "Random halves of the samples behind the interval of fid; below 2: no interval",
  ),
  nearest: z.int().positive().default(1000).describe(
    "Largest number of samples, and of reference images, whose nearest training image is sought",
  ),
  shown: z.int().min(1).max(64).default(16).describe(
    "Samples shown beside their nearest neighbours",
  ),
  baselines: z.boolean().default(true).describe(
    "Score the mean image, and noise of each pixel's mean and variance, too",
  ),
});

/**
 * Compares the features of generated and reference images as sets, and looks for training images among the
 * generated ones; baselines and real images are scored by the same measures.
 */
export const evaluateImages = defineStage({
  id: "evaluate/images",
  version: 1,
  summary:
    "Score generated images by Fréchet and kernel distance, precision, recall and memorisation",
  params,
  inputs: {
    generated: "images",
    reference: "images",
    train: "images?",
    features: "feature_extractor?",
    statistics: "feature_stats?",
  },
  outputs: { scores: "scores", curves: "curves", media: "media" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, warn, signal }) {
    const generated = await inputs.generated.load();
    const reference = await inputs.reference.load();
    const train = await inputs.train?.load();
    requireMatchingImages({ generated, reference, train });
    const has = { features: inputs.features !== undefined, train: train !== undefined };
    const wanted = wantedImageMetrics(params.metrics, has);
    if (inputs.train?.digest === inputs.reference.digest) {
      warn(
        'Inputs "train" and "reference" are the same images: samples that repeat them score well, ' +
          "and the share of memorised samples says nothing",
      );
    }
    const [, height, width, channels] = reference.shape;
    const shape = { height, width, channels };
    const sets = {
      samples: storedImages("samples", generated),
      reference: storedImages("reference images", reference),
      train: train && storedImages("training images", train),
    };
    const byFeatures = inputs.features && isAny(wanted, featureMetricIds)
      ? await scoreImageFeatures({
        extractor: await inputs.features.load(),
        digest: inputs.features.digest,
        engine: choice,
        shape,
        sets,
        statistics: await inputs.statistics?.load(),
        referenceName: `"${reference.source}" (${reference.split})`,
        wanted,
        params,
        seed,
        progress,
        warn,
        signal,
      })
      : undefined;
    const neighbours = findNeighbours(sets, params, seed, signal);
    const byTraining = sets.train && isAny(wanted, trainingMetricIds)
      ? nearestScores(neighbours.samples, neighbours.reference)
      : [];
    const sheet = nearestSheet(
      neighbours.samples,
      sets.train ?? sets.reference,
      shape,
      { shown: params.shown, neighbour: sets.train ? "training image" : "reference image" },
    );
    return {
      scores: {
        scores: [...byFeatures?.scores ?? [], ...byTraining].filter(({ metric }) =>
          wanted.has(metric.split("[")[0] as ImageMetricId)
        ),
      },
      curves: {
        charts: [
          ...byFeatures?.charts ?? [],
          ...byTraining.length > 0 ? [nearestChart(neighbours.samples, neighbours.reference)] : [],
        ],
      },
      media: { items: sheet ? [sheet] : [] },
    };
  },
});

/** The training images, or where there are none the reference images, nearest to samples. */
function findNeighbours(
  sets: ScoredSets,
  { nearest: largest }: z.output<typeof params>,
  seed: bigint,
  signal: AbortSignal,
) {
  const options = { largest, seed, step: () => signal.throwIfAborted() };
  const others = sets.train ?? sets.reference;
  return {
    samples: findNearest(sets.samples, others, options),
    reference: findNearest(sets.reference, others, options),
  };
}

function isAny(wanted: ReadonlySet<ImageMetricId>, ids: readonly ImageMetricId[]): boolean {
  return ids.some((id) => wanted.has(id));
}
