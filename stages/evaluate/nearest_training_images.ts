/** How near samples come to the images that a model was trained on. */

import type { Chart } from "../../artifacts/curves.ts";
import { imageGrid } from "../../artifacts/image_grid.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import type { Score } from "../../artifacts/scores.ts";
import { drawRows } from "../../metrics/features.ts";
import {
  MEMORISED_LEVEL,
  memorisedInfo,
  memorisedShare,
  type Nearest,
  nearestRows,
  nearestTrainInfo,
} from "../../metrics/memorised.ts";
import type { MetricInfo } from "../../metrics/metric.ts";
import { deriveSeed } from "../../numerics/random.ts";
import type { Rows } from "../../numerics/row_products.ts";
import type { FrameShape } from "./frame_features.ts";
import { type ImageSet, pixelRows, someImages } from "./image_sets.ts";
import { withInterval } from "./row_scores.ts";

/** Training images in memory as float64. */
const PART = 4096;
/** Edge of a shown image on the screen, about. */
const SHOWN_PIXELS = 64;

export interface NearestPairs {
  /** The images asked about. */
  readonly set: ImageSet;
  readonly nearest: Nearest;
}

/** For at most `largest` random images of a set, the nearest training images; `step` may throw to stop. */
export function findNearest(
  set: ImageSet,
  train: ImageSet,
  options: { readonly largest: number; readonly seed: bigint; readonly step: () => void },
): NearestPairs {
  const count = Math.min(set.count, options.largest);
  const seed = deriveSeed(options.seed, `nearest ${set.of}`);
  const chosen = someImages(set, drawRows(set.count, count, { seed, draw: 0 }));
  const nearest = nearestRows(pixelRows(chosen, 0, count), partsOf(train, options.step));
  return { set: chosen, nearest };
}

/** Mean distances, and the share of samples that lie as near as few held-out images do. */
export function nearestScores(samples: NearestPairs, heldOut: NearestPairs): Score[] {
  const distance =
    "root mean square over pixels of images in [0, 1], rounded to 8 bits, as they are " +
    "(a shifted copy is far away)";
  const rows = [{ of: "samples", pairs: samples }, { of: "real vs real", pairs: heldOut }];
  const score = ({ id, unit, better }: MetricInfo, of: string, protocol: string) => ({
    metric: id,
    unit,
    better,
    protocol,
    of,
  });
  const means = rows.map(({ of, pairs }) =>
    withInterval(
      score(nearestTrainInfo, of, `Distance to the nearest training image, ${distance}`),
      pairs.nearest.distance,
    )
  );
  const [own, real] = [samples.nearest.distance, heldOut.nearest.distance];
  const protocol =
    `Share of samples whose nearest training image is no farther than that of the nearest ` +
    `${
      100 * MEMORISED_LEVEL
    } % of ${real.length} reference images; ${distance}; new images score about ` +
    `${MEMORISED_LEVEL}`;
  return [
    ...means,
    {
      ...score(memorisedInfo, "samples", protocol),
      value: memorisedShare(own, real),
      count: own.length,
    },
  ];
}

/** Shares of images within each distance of a training image. */
export function nearestChart(samples: NearestPairs, heldOut: NearestPairs): Chart {
  const series = [["samples", samples], ["reference images", heldOut]] as const;
  return {
    title: "Distance to the nearest training image",
    xLabel: "rms difference of intensities",
    yLabel: "share of images within it",
    series: series.map(([name, { nearest: { distance } }]) => ({
      name,
      points: [...distance].sort((a, b) => a - b)
        .map((value, i) => [value, (i + 1) / distance.length] as const),
    })),
  };
}

/** Samples beside their nearest neighbours, the nearest pairs first. */
export function nearestSheet(
  { set, nearest }: NearestPairs,
  others: ImageSet,
  { height, width, channels }: FrameShape,
  options: { readonly shown: number; readonly neighbour: string },
): MediaItem | undefined {
  const order = Array.from(nearest.index.keys())
    .sort((a, b) => nearest.distance[a]! - nearest.distance[b]!).slice(0, options.shown);
  if (order.length === 0 || (channels !== 1 && channels !== 3)) return undefined;
  const images = order.flatMap((i) => [set.image(i), others.image(nearest.index[i]!)]);
  const size = height * width * channels;
  const values = new Float32Array(images.length * size);
  images.forEach((image, i) => values.set(image, i * size));
  const pairs = Math.ceil(Math.sqrt(order.length));
  return imageGrid({
    name: "nearest",
    caption: `The ${order.length} of ${nearest.index.length} samples that are nearest to a ` +
      `${options.neighbour}, each left of it`,
    images: values,
    shape: [images.length, height, width, channels],
    columnLabels: Array.from({ length: 2 * pairs }, (_, i) => i % 2 === 0 ? "sample" : "nearest"),
  }, { columns: 2 * pairs, scale: Math.max(1, Math.round(SHOWN_PIXELS / width)) });
}

function* partsOf(set: ImageSet, step: () => void): Generator<Rows> {
  for (let from = 0; from < set.count; from += PART) {
    step();
    yield pixelRows(set, from, Math.min(set.count, from + PART));
  }
}
