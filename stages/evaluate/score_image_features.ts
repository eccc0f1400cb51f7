/** Scores of sets of images by an extractor's features. */

import type { Chart } from "../../artifacts/curves.ts";
import type { FeatureExtractor } from "../../artifacts/feature_extractor.ts";
import type { FeatureStats } from "../../artifacts/feature_stats.ts";
import type { Score } from "../../artifacts/scores.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { drawRows, type Features, takeRows } from "../../metrics/features.ts";
import { deriveSeed, permutation, Stream } from "../../numerics/random.ts";
import type { EngineChoice, Progress } from "../../pipelines/stage.ts";
import {
  type FrameExtractor,
  type FrameShape,
  metricOf,
  trainedExtractor,
} from "./frame_features.ts";
import {
  type Compared,
  type DistanceOptions,
  fidInfinityChart,
  fidInfinityOf,
  fidInfinityScore,
  fidScores,
  fidToStatistics,
  kidScores,
  shareScores,
} from "./image_distances.ts";
import type { ImageMetricId } from "./image_metrics.ts";
import { type ImageSet, meanImage, pixelNoise, someImages } from "./image_sets.ts";
import { setFeatures } from "./set_features.ts";

export interface ScoredSets {
  readonly samples: ImageSet;
  readonly reference: ImageSet;
  readonly train: ImageSet | undefined;
}

export interface FeatureScoring {
  readonly extractor: FeatureExtractor;
  /** sha256 of the extractor, hex. */
  readonly digest: string;
  readonly engine: EngineChoice;
  readonly shape: FrameShape;
  readonly sets: ScoredSets;
  /** Of images that are not at hand, from the same network. */
  readonly statistics: FeatureStats | undefined;
  /** The reference's source and split, for the protocol. */
  readonly referenceName: string;
  readonly wanted: ReadonlySet<ImageMetricId>;
  readonly params: {
    readonly neighbours: number;
    readonly resamples: number;
    readonly baselines: boolean;
  };
  readonly seed: bigint;
  readonly progress: (progress: Progress) => void;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

const shareIds = ["precision", "recall", "density", "coverage"] as const;

/** Samples, baselines and real images against the reference, and FID by the number of samples. */
export async function scoreImageFeatures(
  scoring: FeatureScoring,
): Promise<{ readonly scores: readonly Score[]; readonly charts: readonly Chart[] }> {
  const { extractor, digest, shape, wanted, params, seed } = scoring;
  const engine = await createEngine(scoring.engine);
  try {
    const opened = trainedExtractor(engine, extractor, digest, shape);
    try {
      const { compared, samples } = await compareSets(scoring, opened);
      const options: DistanceOptions = {
        metricOf: (id) => metricOf(id, opened),
        extractor: opened.description,
        features:
          `${opened.description}, images of ${shape.height}x${shape.width} with intensities clipped to [0, 1] and rounded to 8 bits`,
        sets: describeSets(scoring, compared),
        resamples: params.resamples,
        neighbours: params.neighbours,
        seed,
      };
      const trend = wanted.has("fid_infinity") ? fidInfinityOf(samples, seed) : undefined;
      return {
        scores: [
          ...wanted.has("fid") ? fidScores(compared, options) : [],
          ...wanted.has("fid") && scoring.statistics
            ? [scoreToStatistics(scoring, scoring.statistics, samples, options)]
            : [],
          ...trend ? [fidInfinityScore(samples, trend, options)] : [],
          ...wanted.has("kid") ? kidScores(compared, options) : [],
          ...shareIds.some((id) => wanted.has(id)) ? shareScores(compared, options) : [],
        ],
        charts: trend ? [fidInfinityChart(trend)] : [],
      };
    } finally {
      opened.dispose();
    }
  } finally {
    engine.dispose();
  }
}

/**
 * A score of its own column: another reference, perhaps of another size.
 * @throws {Error} When the statistics are of another number of features.
 */
function scoreToStatistics(
  { sets, warn }: FeatureScoring,
  statistics: FeatureStats,
  samples: Compared,
  options: DistanceOptions,
): Score {
  const { dimensions } = samples.features;
  if (statistics.mean.length !== dimensions) {
    throw new Error(
      `Cannot compute fid: input "statistics" must be of ${dimensions} features, as the extractor ` +
        `gives, but "${statistics.extractor}" has ${statistics.mean.length}`,
    );
  }
  if (statistics.extractor !== options.extractor) {
    warn(
      `Input "statistics" was made by "${statistics.extractor}", features here by ` +
        `"${options.extractor}": their distance has a meaning only if that is the same network`,
    );
  }
  const protocol =
    `Fréchet distance of ${options.features}; ${sets.samples.count} samples against ` +
    `statistics of ${statistics.count} images, made by "${statistics.extractor}"; covariances with ` +
    "divisor N - 1, nothing added to the diagonal";
  return fidToStatistics(samples, statistics, protocol, options);
}

/** Features of every set, and what each is compared with. */
async function compareSets(
  { sets, shape, extractor, wanted, params, seed, progress, warn, signal }: FeatureScoring,
  opened: FrameExtractor,
) {
  const { samples, reference, train } = sets;
  const { count } = samples;
  const basis = train ?? reference;
  const real = train && drawRows(train.count, Math.min(count, train.count), {
    seed: deriveSeed(seed, "training images"),
    draw: 0,
  });
  const others = [
    ...train && real ? [someImages(train, real, "real vs real, training images")] : [],
    ...params.baselines
      ? [meanImage(basis, count), pixelNoise(basis, count, deriveSeed(seed, "pixel noise"))]
      : [],
  ];
  const all = [reference, samples, ...others];
  const total = all.reduce((sum, { distinct }) => sum + distinct, 0);
  let done = 0;
  const features: Features[] = [];
  for (const set of all) {
    features.push(
      await setFeatures(opened, shape, set, () => {
        signal.throwIfAborted();
        progress({ step: done++, of: total, message: set.of });
      }),
    );
  }
  const [truth, own, ...rest] = features as [Features, Features, ...Features[]];
  const few = Math.min(own.count, truth.count);
  if (wanted.has("fid") && few <= extractor.dimensions) {
    warn(
      `fid compares ${own.count} samples with ${truth.count} reference images by ` +
        `${extractor.dimensions} features: with no more images than features it is far above that of ` +
        "many images; kid is not, and the row real vs real shows the floor",
    );
  }
  const against = { against: truth, withInterval: false };
  const row: Compared = { of: samples.of, features: own, against: truth, withInterval: true };
  const compared = [
    row,
    ...others.map(({ of }, i) => ({ ...against, of, features: rest[i]! })),
    ...realAgainstReal(truth, count, seed),
  ];
  return { compared, samples: row };
}

/** As many reference images as there are samples, or half of them, against the others. */
function realAgainstReal(reference: Features, count: number, seed: bigint): Compared[] {
  const size = Math.min(count, Math.floor(reference.count / 2));
  if (size < 2) return [];
  const draw = { seed: deriveSeed(seed, "real vs real"), stream: Stream.evaluation, step: 0 };
  const order = permutation(draw, reference.count);
  return [{
    of: "real vs real",
    features: takeRows(reference, order.subarray(0, size)),
    against: takeRows(reference, order.subarray(size)),
    withInterval: false,
  }];
}

function describeSets(
  { sets, referenceName, params }: FeatureScoring,
  compared: readonly Compared[],
): string {
  const { samples, reference, train } = sets;
  const floor = compared.find(({ of }) => of === "real vs real");
  return [
    `${samples.count} samples against ${reference.count} images of ${referenceName}`,
    ...floor
      ? [
        `real vs real: ${floor.features.count} of these against the other ${floor.against.count}, ` +
        "so few that fid is biased upwards",
      ]
      : [],
    ...train ? [`training images: ${Math.min(samples.count, train.count)} of ${train.count}`] : [],
    ...params.baselines
      ? [`mean image and pixel noise: of the ${train ? "training" : "reference"} images`]
      : [],
  ].join("; ");
}
