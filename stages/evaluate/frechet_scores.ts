/** Fréchet distances between predicted and true frames. */

import type { Score } from "../../artifacts/scores.ts";
import {
  type Features,
  fidInfo,
  frechetDistanceOfFeatures,
} from "../../metrics/frechet_distance.ts";
import type { Video } from "../../metrics/video.ts";
import { permutation, Stream } from "../../numerics/random.ts";
import { FeatureCollector, type FrameExtractor, type FrameShape } from "./frame_features.ts";
import { clipToUnit, frameOf } from "./predictions.ts";

export interface FrechetOptions {
  /** Predicted frames of a clip. */
  readonly predicted: number;
  /** How many of them count; the same of each row, drawn per clip. */
  readonly framesPerClip: number;
  readonly seed: bigint;
}

/** Gathers features of all rows clip by clip; distances come at the end. */
export class FrechetScores {
  readonly #extractor: FrameExtractor;
  readonly #options: FrechetOptions;
  readonly #shape: FrameShape;
  readonly #reference: FeatureCollector;
  readonly #rows = new Map<string, FeatureCollector>();

  constructor(extractor: FrameExtractor, shape: FrameShape, options: FrechetOptions) {
    this.#extractor = extractor;
    this.#options = options;
    this.#shape = shape;
    this.#reference = new FeatureCollector(extractor, shape);
  }

  async addReference(clip: number, video: Video): Promise<void> {
    await this.#add(this.#reference, clip, video);
  }

  /** Adds the predicted frames of one row; of several samples, give one. */
  async addRow(of: string, clip: number, video: Video): Promise<void> {
    let collector = this.#rows.get(of);
    if (!collector) {
      collector = new FeatureCollector(this.#extractor, this.#shape);
      this.#rows.set(of, collector);
    }
    await this.#add(collector, clip, video);
  }

  /** One score per row, and the truth against itself: two halves that share no clip. */
  async scores(): Promise<Score[]> {
    const reference = await this.#reference.features();
    const score = (of: string, features: Features, against: Features): Score => ({
      metric: `fid[${this.#extractor.label}]`,
      unit: fidInfo.unit,
      better: fidInfo.better,
      value: frechetDistanceOfFeatures(features, against).value,
      count: features.count,
      protocol: this.#protocol(reference),
      of,
    });
    const scores: Score[] = [];
    for (const [of, collector] of this.#rows) {
      scores.push(score(of, await collector.features(), reference));
    }
    const [even, odd] = [0, 1].map((parity) =>
      everyOtherClip(reference, this.#options.framesPerClip, parity)
    );
    if (even!.count >= 2 && odd!.count >= 2) scores.push(score("real vs real", even!, odd!));
    return scores;
  }

  async #add(collector: FeatureCollector, clip: number, video: Video): Promise<void> {
    const clipped = clipToUnit(video);
    for (const frame of this.#framesOf(clip)) await collector.add(frameOf(clipped, frame));
  }

  #framesOf(clip: number): readonly number[] {
    const { predicted, framesPerClip, seed } = this.#options;
    const draw = { seed, stream: Stream.evaluation, step: 0, lane: clip };
    return [...permutation(draw, predicted)].slice(0, framesPerClip).sort((a, b) => a - b);
  }

  #protocol(reference: Features): string {
    const { predicted, framesPerClip } = this.#options;
    const frames = framesPerClip === predicted
      ? `all ${predicted}`
      : `${framesPerClip} random frames of the ${predicted}`;
    return `Fréchet distance of ${this.#extractor.description}, ${reference.dimensions} dimensions, ` +
      `intensities clipped to [0, 1]; ${frames} predicted frames of each clip (frames of a clip are ` +
      `correlated), first sample of each clip, against ${reference.count} true frames; covariances with ` +
      "divisor N - 1, nothing added to the diagonal; real vs real: clips of even against odd number, " +
      "half as many frames on both sides, so biased upwards";
  }
}

/** Rows of clips 0, 2, 4, ... or 1, 3, 5, ..., each with `rows` consecutive rows. */
function everyOtherClip(
  { data, dimensions, count }: Features,
  rows: number,
  parity: number,
): Features {
  const clips = Array.from({ length: count / rows }, (_, clip) => clip)
    .filter((clip) => clip % 2 === parity);
  const own = new Float32Array(clips.length * rows * dimensions);
  clips.forEach((clip, index) => {
    const size = rows * dimensions;
    own.set(data.subarray(clip * size, (clip + 1) * size), index * size);
  });
  return { data: own, count: clips.length * rows, dimensions };
}
