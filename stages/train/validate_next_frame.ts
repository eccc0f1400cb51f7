/** How well a predictor does on clips it has not seen. */

import type { Clips } from "../../artifacts/clips.ts";
import type { Engine } from "../../engine/engine.ts";
import { psnr } from "../../metrics/psnr.ts";
import type { Video } from "../../metrics/video.ts";
import type { NextFrameConfig } from "../../models/next_frame.ts";
import type { Parameters } from "../../models/parameters.ts";
import { mean } from "../../numerics/mean.ts";
import { createClipPredictor } from "../sample/predict_clips.ts";

/** Clips predicted together. */
const BATCH = 64;

/**
 * Prepares the free-running validation: PSNR of each predicted frame, then the mean over frames and clips.
 * @returns `run`, fit for `train({ evaluate })`, which gives `{ psnr }` in dB.
 */
export function createClipValidation(
  engine: Engine,
  config: NextFrameConfig,
  clips: Clips,
  signal: AbortSignal,
) {
  const batch = Math.min(BATCH, clips.shape[0]);
  const predictor = createClipPredictor(engine, config, { batch, signal });
  const truth = clips.frames instanceof Uint8Array
    ? Float32Array.from(clips.frames, (value) => value / 255)
    : clips.frames;
  const references = predictedParts(truth, clips).map((video) => psnr(video));
  return {
    async run(parameters: Parameters): Promise<Readonly<Record<string, number>>> {
      const frames = await predictor.predict(parameters, clips);
      const scores = predictedParts(frames, clips).map((video, i) =>
        mean(Array.from(references[i]!(video), capped))
      );
      return { psnr: mean(scores) };
    },
    dispose: () => predictor.dispose(),
  };
}

/** Equal frames would have an infinite PSNR, which no mean survives. */
function capped(decibels: number): number {
  return Math.min(100, decibels);
}

/** The frames after the context, clip by clip. */
function predictedParts(frames: Float32Array, { shape, contextFrames }: Clips): Video[] {
  const [count, time, height, width, channels] = shape;
  const size = height * width * channels;
  return Array.from({ length: count }, (_, clip) => ({
    data: frames.subarray((clip * time + contextFrames) * size, (clip + 1) * time * size),
    frames: time - contextFrames,
    height,
    width,
    channels,
  }));
}
