/** Predictions that take no model: what a score must beat. */

import { frameSize, type Video } from "./video.ts";

/** Ids as they appear in scores. */
export type Baseline = "copy last frame" | "black frame" | "mean frame" | "mean training frame";

/** Repeats the last context frame. */
export function copyLastFrame(context: Video, frames: number): Video {
  const size = frameSize(context);
  return repeatFrame(context, context.data.slice((context.frames - 1) * size), frames);
}

/** Predicts 0 everywhere. */
export function blackFrame(context: Video, frames: number): Video {
  return repeatFrame(context, new Float64Array(frameSize(context)), frames);
}

/** Repeats the mean of the context frames of the same clip. */
export function meanFrame(context: Video, frames: number): Video {
  return repeatFrame(context, meanOfFrames(context), frames);
}

/** Repeats one frame that was computed from other clips. */
export function repeatFrame(
  like: Video,
  frame: Float32Array | Float64Array,
  frames: number,
): Video {
  const data = new Float64Array(frames * frame.length);
  for (let i = 0; i < frames; i++) data.set(frame, i * frame.length);
  return { ...like, data, frames };
}

/** Mean over the frames of a video, `[height, width, channel]`. */
export function meanOfFrames(video: Video): Float64Array {
  const size = frameSize(video);
  const mean = new Float64Array(size);
  for (let start = 0; start < video.frames * size; start += size) {
    for (let i = 0; i < size; i++) mean[i] = mean[i]! + video.data[start + i]! / video.frames;
  }
  return mean;
}
