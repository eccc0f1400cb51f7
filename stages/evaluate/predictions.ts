/** What is scored, clip by clip: samples, the predictor alone, and predictions that take no model. */

import type { Clips } from "../../artifacts/clips.ts";
import {
  blackFrame,
  copyLastFrame,
  meanFrame,
  meanOfFrames,
  repeatFrame,
} from "../../metrics/baselines.ts";
import { frameSize, type Video } from "../../metrics/video.ts";

/** One row of the table of scores. */
export interface PredictionRow {
  /** As `of` in scores. */
  readonly of: string;
  /** Samples of each clip. */
  readonly samples: number;
  /** The predicted frames of each sample of a clip; the context is left out. */
  predict(clip: number): readonly Video[];
}

export interface PredictionSources {
  readonly generated: Clips;
  readonly reference: Clips;
  readonly predictions: Clips | undefined;
  readonly train: Clips | undefined;
  readonly contextFrames: number;
  /** Samples of each clip that count. */
  readonly samples: number;
  /** What `predictions` are called; "next-frame predictor" unless said. */
  readonly predictedBy?: string | undefined;
  /** Also the mean frame of the samples of each clip. */
  readonly ensemble?: boolean | undefined;
}

/** All rows that the inputs allow; baselines of the context need context frames. */
export function predictionRows(sources: PredictionSources): readonly PredictionRow[] {
  const { generated, reference, predictions, train, contextFrames, samples } = sources;
  const [, frames] = reference.shape;
  const predicted = frames - contextFrames;
  const context = (clip: number) => takeFrames(reference, clip, 0, contextFrames);
  const rows: PredictionRow[] = [{
    of: "samples",
    samples,
    predict: (clip) =>
      Array.from({ length: samples }, (_, sample) => {
        const index = clip * generated.samplesPerClip + sample;
        return takeFrames(generated, index, contextFrames, frames);
      }),
  }];
  const one = (of: string, predict: (clip: number) => Video) =>
    rows.push({ of, samples: 1, predict: (clip) => [predict(clip)] });
  if (sources.ensemble && samples > 1) {
    const drawn = rows[0]!;
    one(`mean of the frames of ${samples} samples`, (clip) => meanOfVideos(drawn.predict(clip)));
  }
  if (predictions) {
    one(
      sources.predictedBy ?? "next-frame predictor",
      (clip) => takeFrames(predictions, clip, contextFrames, frames),
    );
  }
  if (contextFrames > 0) {
    one("copy last frame", (clip) => copyLastFrame(context(clip), predicted));
    one("mean frame", (clip) => meanFrame(context(clip), predicted));
  }
  const like = takeFrames(reference, 0, 0, 1);
  one("black frame", () => blackFrame(like, predicted));
  if (train) {
    const mean = meanOfClips(train);
    one("mean training frame", () => repeatFrame(like, mean, predicted));
  }
  return rows;
}

/**
 * Frames from..to-1 of one clip, in [0, 1] where stored as uint8.
 * @throws {RangeError} When a value is not finite.
 */
export function takeFrames(clips: Clips, clip: number, from: number, to: number): Video {
  const [, time, height, width, channels] = clips.shape;
  const size = height * width * channels;
  const own = clips.frames.subarray((clip * time + from) * size, (clip * time + to) * size);
  return { data: toFinite(own, clips.source, clip), frames: to - from, height, width, channels };
}

// Plain loops here and below: every(), map() and from() take five to ten times as long per value,
// and all values of all rows pass through.

function toFinite(
  values: Uint8Array | Float32Array,
  source: string,
  clip: number,
): Float32Array | Float64Array {
  if (values instanceof Uint8Array) {
    const data = new Float64Array(values.length);
    for (let i = 0; i < data.length; i++) data[i] = values[i]! / 255;
    return data;
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new RangeError(
      `Cannot score "${source}": clip ${clip} holds a value that is not finite`,
    );
  }
  return values;
}

/** Values below 0 and above 1 moved to the nearer bound. */
export function clipToUnit(video: Video): Video {
  const { data } = video;
  let first = 0;
  while (first < data.length && data[first]! >= 0 && data[first]! <= 1) first++;
  if (first === data.length) return video;
  const clipped = data.slice();
  for (let i = first; i < data.length; i++) clipped[i] = Math.min(1, Math.max(0, data[i]!));
  return { ...video, data: clipped };
}

/** Frame `index` of a video, `[height, width, channel]`. */
export function frameOf(video: Video, index: number): Float32Array | Float64Array {
  const size = frameSize(video);
  return video.data.subarray(index * size, (index + 1) * size);
}

/** Mean of each pixel of each frame over videos of one shape. */
function meanOfVideos(videos: readonly Video[]): Video {
  const [first] = videos;
  const data = new Float64Array(first!.data.length);
  for (const video of videos) {
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + video.data[i]! / videos.length;
  }
  return { ...first!, data };
}

/** Mean over all frames of all clips, one clip in memory at a time. */
function meanOfClips(clips: Clips): Float64Array {
  const [count, time, height, width, channels] = clips.shape;
  const mean = new Float64Array(height * width * channels);
  for (let clip = 0; clip < count; clip++) {
    const own = meanOfFrames(takeFrames(clips, clip, 0, time));
    for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + own[i]! / count;
  }
  return mean;
}
