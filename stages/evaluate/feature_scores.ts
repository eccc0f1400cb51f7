/** Distances between the features of predicted and true frames. */

import type { Score } from "../../artifacts/scores.ts";
import type { Features } from "../../metrics/features.ts";
import { fidInfo, frechetDistanceTo } from "../../metrics/frechet_distance.ts";
import { kidInfo } from "../../metrics/kid.ts";
import type { MetricInfo } from "../../metrics/metric.ts";
import type { Video } from "../../metrics/video.ts";
import { permutation, Stream } from "../../numerics/random.ts";
import {
  FeatureCollector,
  type FrameExtractor,
  type FrameShape,
  metricOf,
} from "./frame_features.ts";
import { kidOfSubsets, kidProtocol } from "./kid_subsets.ts";
import { clipToUnit, frameOf } from "./predictions.ts";

export interface FeatureScoreOptions {
  readonly metrics: ReadonlySet<string>;
  /** Predicted frames of a clip. */
  readonly predicted: number;
  /** How many of them count; the same of each row, drawn per clip. */
  readonly framesPerClip: number;
  readonly seed: bigint;
}

interface Compared {
  readonly reference: Features;
  readonly rows: ReadonlyMap<string, Features>;
  /** Halves of the reference that share no clip. */
  readonly even: Features;
  readonly odd: Features;
}

/** A distance between sets of features. */
interface Distance {
  /** Fewest rows of a set. */
  readonly smallest: number;
  /** Parts of the protocol. */
  readonly formula: string;
  readonly convention: string;
  readonly bias: string;
  readonly measure: (against: Features) => (features: Features) => number;
}

/** Gathers features of all rows clip by clip; distances come at the end. */
export class FeatureScores {
  readonly #extractor: FrameExtractor;
  readonly #options: FeatureScoreOptions;
  readonly #shape: FrameShape;
  readonly #reference: FeatureCollector;
  readonly #rows = new Map<string, FeatureCollector>();

  constructor(extractor: FrameExtractor, shape: FrameShape, options: FeatureScoreOptions) {
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
    const rows = new Map<string, Features>();
    for (const [of, collector] of this.#rows) rows.set(of, await collector.features());
    const [even, odd] = [0, 1].map((parity) =>
      everyOtherClip(reference, this.#options.framesPerClip, parity)
    );
    const compared = { reference, rows, even: even!, odd: odd! };
    const { metrics, seed } = this.#options;
    return [
      ...metrics.has("fid")
        ? this.#scoresBy(fidInfo, compared, {
          smallest: 2,
          formula: `Fréchet distance of ${this.#extractor.description}`,
          convention: "covariances with divisor N - 1, nothing added to the diagonal",
          bias: ", so biased upwards",
          measure: (against) => {
            const distance = frechetDistanceTo(against);
            return (features) => distance(features).value;
          },
        })
        : [],
      ...metrics.has("kid")
        ? this.#scoresBy(kidInfo, compared, {
          smallest: 4,
          formula: `Kernel distance of ${this.#extractor.description}`,
          convention: kidProtocol,
          bias: "",
          measure: (against) => (features) => kidOfSubsets(features, against, seed).mean,
        })
        : [],
    ];
  }

  #scoresBy(
    info: MetricInfo,
    { reference, rows, even, odd }: Compared,
    distance: Distance,
  ): Score[] {
    const protocol = this.#protocol(distance, reference);
    const score = (of: string, value: number, count: number): Score => ({
      metric: metricOf(info.id, this.#extractor),
      unit: info.unit,
      better: info.better,
      value,
      count,
      protocol,
      of,
    });
    const toReference = distance.measure(reference);
    const scores = [...rows].map(([of, features]) =>
      score(of, toReference(features), features.count)
    );
    if (Math.min(even.count, odd.count) < distance.smallest) return scores;
    return [...scores, score("real vs real", distance.measure(odd)(even), even.count)];
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

  #protocol({ formula, convention, bias }: Distance, reference: Features): string {
    const { predicted, framesPerClip } = this.#options;
    const frames = framesPerClip === predicted
      ? `all ${predicted}`
      : `${framesPerClip} random frames of the ${predicted}`;
    return `${formula}, ${reference.dimensions} dimensions, ` +
      `intensities clipped to [0, 1]; ${frames} predicted frames of each clip (frames of a clip are ` +
      `correlated), first sample of each clip, against ${reference.count} true frames; ${convention}; ` +
      `real vs real: clips of even against odd number, half as many frames on both sides${bias}`;
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
