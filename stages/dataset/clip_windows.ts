/** Which part of a longer video becomes a clip. */

import { permutation, Stream } from "../../numerics/random.ts";

export interface WindowRule {
  /** Frames of a window. */
  readonly frames: number;
  /** 2 takes every second frame of the video. */
  readonly everyNth: number;
  readonly windows: "random" | "first";
  /** Most windows of one video; random ones differ in where they start. */
  readonly windowsPerClip: number;
}

/** Frames of the video from a window's first to its last. */
export const spanOf = ({ frames, everyNth }: WindowRule) => everyNth * (frames - 1) + 1;

/**
 * First frames of a video's windows, rising: any frame from which the window fits, all equally likely, as
 * MoCoGAN chooses; or frame 0.
 * @param length Frames of the video, at least `spanOf(rule)`.
 * @param place Seed of the set and number of the video in it.
 */
export function windowStarts(
  length: number,
  rule: WindowRule,
  { seed, video }: { readonly seed: bigint; readonly video: number },
): readonly number[] {
  const choices = length - spanOf(rule) + 1;
  if (choices < 1) {
    throw new RangeError(
      `Cannot choose a window: the video must have ${spanOf(rule)} frames, but has ${length}`,
    );
  }
  if (rule.windows === "first") return [0];
  const order = permutation({ seed, stream: Stream.trajectory, step: 0, lane: video }, choices);
  return [...order.subarray(0, rule.windowsPerClip)].sort((a, b) => a - b);
}
