/** Films of clips and their sampled futures. */

import { type AnimatedRow, animateRows, type RowGroup } from "../../artifacts/animate_rows.ts";
import type { Clips } from "../../artifacts/clips.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import { psnr } from "../../metrics/psnr.ts";
import type { Video } from "../../metrics/video.ts";
import { mean } from "../../numerics/mean.ts";
import { permutation, Stream } from "../../numerics/random.ts";

export interface SvgRowOptions {
  /** Clips that are shown, and random samples of each. */
  readonly rows: number;
  readonly rowSamples: number;
  readonly rowScale: number;
  readonly delayMs: number;
  readonly seed: bigint;
}

/**
 * Per clip: the truth, the sample nearest to it, samples drawn at random, and the prediction by mean latents.
 *
 * The nearest has the highest PSNR over the predicted frames; choosing it takes the truth, which a user of the
 * model does not have, so the random ones stand beside it.
 * @param predictions One clip for each of the truth, or nothing.
 */
export function svgRows(
  truth: Clips,
  samples: Clips,
  predictions: Clips | undefined,
  { rows, rowSamples, rowScale, delayMs, seed }: SvgRowOptions,
): MediaItem[] {
  const given = truth.contextFrames;
  const per = samples.samplesPerClip;
  const groups = Array.from({ length: Math.min(rows, truth.shape[0]) }, (_, clip): RowGroup => {
    const best = bestSample(truth, samples, clip);
    const order = permutation({ seed, stream: Stream.selection, step: 0, lane: clip }, per);
    const random = [...order].slice(0, rowSamples);
    const nearest = rowOf(`best of ${per} (sample ${best + 1})`, samples, clip * per + best, given);
    return {
      name: `clip_${clip}`,
      caption: `Clip ${clip}: ${given} frames given, ${truth.shape[1] - given} drawn` +
        (per > 1 ? `; best of ${per} samples by PSNR, and samples at random` : ""),
      rows: [
        rowOf("truth", truth, clip, truth.shape[1]),
        ...(per > 1 ? [nearest] : []),
        ...random.map((sample) =>
          rowOf(`random sample (${sample + 1})`, samples, clip * per + sample, given)
        ),
        ...(predictions ? [rowOf("mean latents", predictions, clip, given)] : []),
      ],
    };
  });
  return groups.length === 0 ? [] : animateRows(groups, { scale: rowScale, delayMs });
}

/** Number of the sample with the highest PSNR, mean over predicted frames; the first of equals. */
function bestSample(truth: Clips, samples: Clips, clip: number): number {
  const compare = psnr(futureOf(truth, clip));
  let best = { sample: 0, value: -Infinity };
  for (let sample = 0; sample < samples.samplesPerClip; sample++) {
    const value = mean(compare(futureOf(samples, clip * samples.samplesPerClip + sample)));
    if (value > best.value) best = { sample, value };
  }
  return best.sample;
}

/** The frames after the context of one clip, in [0, 1]. */
export function futureOf(clips: Clips, index: number): Video {
  const [, time, height, width, channels] = clips.shape;
  const size = height * width * channels;
  const first = index * time + clips.contextFrames;
  const data = toUnit(clips.frames.subarray(first * size, (index + 1) * time * size));
  return { data, frames: time - clips.contextFrames, height, width, channels };
}

function rowOf(label: string, clips: Clips, index: number, contextFrames: number): AnimatedRow {
  const [, ...shape] = clips.shape;
  const size = shape.reduce((product, n) => product * n, 1);
  const frames = toUnit(clips.frames.subarray(index * size, (index + 1) * size));
  return { label, frames, shape, contextFrames };
}

function toUnit(frames: Uint8Array | Float32Array): Float32Array {
  return frames instanceof Uint8Array ? Float32Array.from(frames, (v) => v / 255) : frames;
}
