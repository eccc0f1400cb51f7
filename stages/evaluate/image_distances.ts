/** Distances between the features of sets of images, and their shares on each other's manifold. */

import type { Chart } from "../../artifacts/curves.ts";
import type { Score } from "../../artifacts/scores.ts";
import { drawRows, type Features, takeRows } from "../../metrics/features.ts";
import { type FidInfinity, fidInfinity, fidInfinityInfo } from "../../metrics/fid_infinity.ts";
import { fidInfo, frechetDistanceTo, type Gaussian } from "../../metrics/frechet_distance.ts";
import { halfSampleInterval } from "../../metrics/half_samples.ts";
import { kidInfo } from "../../metrics/kid.ts";
import type { MetricInfo } from "../../metrics/metric.ts";
import {
  coverageInfo,
  densityInfo,
  manifoldScores,
  precisionInfo,
  recallInfo,
} from "../../metrics/precision_recall.ts";
import { normalQuantile } from "../../numerics/normal_quantile.ts";
import { deriveSeed } from "../../numerics/random.ts";
import { kidOfSubsets, kidProtocol } from "./kid_subsets.ts";

/** Most images whose neighbours are sought: the cost grows with the square. */
const LARGEST_MANIFOLD = 10_000;
/** Smallest part of FID∞, as published; of fewer samples the half. */
const SMALLEST_PART = 5000;

/** A set against what it is compared with. */
export interface Compared {
  readonly of: string;
  readonly features: Features;
  readonly against: Features;
  /** Whether an interval is worth its time. */
  readonly withInterval: boolean;
}

export interface DistanceOptions {
  /** The id of a metric with its extractor: `fid[images 3f2a1c]`. */
  readonly metricOf: (id: string) => string;
  /** Which network, with its layer and preparation of images. */
  readonly extractor: string;
  /** Begins each protocol: extractor, images, range. */
  readonly features: string;
  /** Ends it: sets and their sizes. */
  readonly sets: string;
  readonly resamples: number;
  readonly neighbours: number;
  readonly seed: bigint;
}

/** Fréchet distances, each with the spread over half samples where asked. */
export function fidScores(compared: readonly Compared[], options: DistanceOptions): Score[] {
  const protocol =
    `Fréchet distance of ${options.features}; ${options.sets}; covariances with divisor ` +
    "N - 1, nothing added to the diagonal; ±: 1.96 standard deviations over random halves of the " +
    "first set, drawn without replacement";
  const distances = distancesTo();
  return compared.map((row) => {
    const distance = distances(row.against);
    const score = scoreOf(fidInfo, row, distance(row.features), protocol, options);
    if (!row.withInterval || options.resamples < 2 || row.features.count < 4) return score;
    const interval = halfSampleInterval(row.features, distance, {
      resamples: options.resamples,
      seed: deriveSeed(options.seed, "fid interval"),
    });
    return { ...score, interval };
  });
}

/** The Fréchet distance of one set to statistics of images that are not at hand. */
export function fidToStatistics(
  row: Pick<Compared, "of" | "features">,
  statistics: Gaussian,
  protocol: string,
  options: DistanceOptions,
): Score {
  const { value } = frechetDistanceTo(statistics)(row.features);
  return scoreOf(fidInfo, row, value, protocol, options);
}

/** Kernel distances with their standard errors. */
export function kidScores(compared: readonly Compared[], options: DistanceOptions): Score[] {
  const protocol = `Kernel distance of ${options.features}; ${options.sets}; ${kidProtocol}; ±: ` +
    "1.96 standard deviations over subsets of m of N images, times √(m / (N - m))";
  return compared.flatMap((row) => {
    const count = Math.min(row.features.count, row.against.count);
    if (count < 4) return [];
    const { mean, std, size } = kidOfSubsets(row.features, row.against, options.seed);
    const interval = normalQuantile(0.975) * std * Math.sqrt(size / (count - size));
    return [{ ...scoreOf(kidInfo, row, mean, protocol, options), interval }];
  });
}

/** The distance of infinitely many samples; undefined where there are too few to see the trend. */
export function fidInfinityOf(row: Compared, seed: bigint): FidInfinity | undefined {
  const { count, dimensions } = row.features;
  const from = Math.min(SMALLEST_PART, Math.floor(count / 2));
  // Below twice as many images as dimensions the distance is not yet a line over 1 / N.
  if (from < 2 * dimensions || from < 2) return undefined;
  const distance = frechetDistanceTo(row.against);
  return fidInfinity(row.features, (part) => distance(part).value, {
    from,
    seed: deriveSeed(seed, "fid_infinity"),
  });
}

export function fidInfinityScore(
  row: Compared,
  { intercept, sizes }: FidInfinity,
  options: DistanceOptions,
): Score {
  const protocol =
    `Fréchet distance of ${options.features}; ${options.sets}; least squares over 1 / N ` +
    `at ${sizes.length} sizes from ${sizes[0]} to ${
      sizes.at(-1)
    }, random parts, at 1 / N = 0; the bias ` +
    "of the reference's size stays";
  return scoreOf(fidInfinityInfo, row, intercept, protocol, options);
}

/** The distances behind FID∞, and their line. */
export function fidInfinityChart({ sizes, values, slope, intercept }: FidInfinity): Chart {
  const points = sizes.map((size, i) => [1 / size, values[i]!] as const).toReversed();
  const last = points.at(-1)![0];
  return {
    title: "Fréchet distance by number of samples",
    xLabel: "1 / number of samples",
    yLabel: "Fréchet distance",
    series: [
      { name: "random parts of the samples", points },
      {
        name: "least squares, FID∞ at 0",
        points: [[0, intercept], [last, intercept + slope * last]],
      },
    ],
  };
}

/** Precision, recall, density and coverage of equally many images of both sets. */
export function shareScores(compared: readonly Compared[], options: DistanceOptions): Score[] {
  const { neighbours: k } = options;
  const protocol = `Balls to the ${k}-th nearest neighbour in the space of ${options.features}; ` +
    `${options.sets}; equally many images of both sets, at most ${LARGEST_MANIFOLD}; values depend on ` +
    "their number";
  return compared.flatMap((row) => {
    const count = Math.min(row.features.count, row.against.count, LARGEST_MANIFOLD);
    if (count <= k) return [];
    const part = (set: Features, lane: number) =>
      takeRows(
        set,
        drawRows(set.count, count, { seed: deriveSeed(options.seed, "manifold"), draw: 0, lane }),
      );
    const shares = manifoldScores(part(row.features, 0), part(row.against, 1), k);
    return ([
      [precisionInfo, shares.precision],
      [recallInfo, shares.recall],
      [densityInfo, shares.density],
      [coverageInfo, shares.coverage],
    ] as const).map(([info, value]) => ({
      ...scoreOf(info, row, value, protocol, options),
      count,
    }));
  });
}

/** Distances to a few references, each prepared once. */
function distancesTo(): (against: Features) => (x: Features) => number {
  const known = new Map<Features, (x: Features) => number>();
  const prepare = (against: Features) => {
    const distance = frechetDistanceTo(against);
    return (x: Features) => distance(x).value;
  };
  return (against) => {
    const distance = known.get(against) ?? prepare(against);
    known.set(against, distance);
    return distance;
  };
}

function scoreOf(
  info: MetricInfo,
  { of, features }: Pick<Compared, "of" | "features">,
  value: number,
  protocol: string,
  { metricOf }: DistanceOptions,
): Score {
  const { unit, better } = info;
  return { metric: metricOf(info.id), unit, better, value, count: features.count, protocol, of };
}
