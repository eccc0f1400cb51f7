/** A simulated arm that pushes coloured discs: an embedded set for prediction from actions. */

import { z } from "zod";
import type { Clips, Split } from "../../artifacts/clips.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { drawPusher } from "./draw_pusher.ts";
import { MOST_DISCS, pushedClip } from "./pusher_policy.ts";

const params = z.strictObject({
  discs: z.int().min(0).max(MOST_DISCS).default(3).describe("Coloured discs on the table"),
  frames: z.int().min(2).default(30).describe("Frames of each clip"),
  contextFrames: z.int().min(1).default(2).describe(
    "Frames a model is shown; it predicts the rest",
  ),
  size: z.int().min(16).max(1024).default(64).describe("Edge of the square frames, in pixels"),
  train: z.int().positive().default(1000).describe("Training clips"),
  validation: z.int().positive().default(64).describe("Validation clips"),
  test: z.int().positive().default(128).describe("Test clips"),
  testSeed: z.int().min(0).default(1).describe(
    "Seed of validation and test clips; the run's seed does not touch them, so that runs compare",
  ),
}).superRefine(({ contextFrames, frames }, context) => {
  if (contextFrames < frames) return;
  const message = `contextFrames must be below frames, which is ${frames}`;
  context.addIssue({ code: "custom", path: ["contextFrames"], message });
});

/** What makes a set of clips. */
export type PusherRule = Pick<
  z.output<typeof params>,
  "discs" | "frames" | "contextFrames" | "size"
>;

/**
 * Clips of a pusher arm with, beside each frame, 4 actions and the 3 coordinates of its end effector.
 *
 * Row t holds the action that leads from frame t to frame t + 1 (right, down, lift, open; -1..1) and the
 * effector's place at frame t (x, y, height; 0..1). Clip i depends on the seed and on i alone.
 */
export const robotPusher = defineStage({
  id: "dataset/robot_pusher",
  version: 1,
  summary: "Simulate an arm that pushes coloured discs, with its actions",
  params,
  inputs: {},
  outputs: { train: "clips", validation: "clips", test: "clips" },
  run({ params, seed, signal }) {
    const heldOut = BigInt(params.testSeed);
    const make = (split: PusherSplit, own: bigint) => {
      signal.throwIfAborted();
      return makePusherClips(split, params, { count: params[split], seed: own });
    };
    return Promise.resolve({
      train: make("train", seed),
      validation: make("validation", heldOut),
      test: make("test", heldOut),
    });
  },
});

/** Position of a split in the counter of random numbers: frozen. */
const steps = { train: 0, validation: 1, test: 2 } as const;

export type PusherSplit = keyof typeof steps & Split;

/** Actions and coordinates of the end effector. */
export const ACTION_SIZE = 4;
export const POSITION_SIZE = 3;

/** Makes one split's clips, uint8 `[clip, frames, size, size, 3]`, with conditions `[clip, frames, 7]`. */
export function makePusherClips(
  split: PusherSplit,
  { discs, frames, contextFrames, size }: PusherRule,
  { count, seed }: { readonly count: number; readonly seed: bigint },
): Clips & { readonly conditions: Float32Array; readonly conditionSize: number } {
  const area = size * size * 3;
  const conditionSize = ACTION_SIZE + POSITION_SIZE;
  const pixels = new Uint8Array(count * frames * area);
  const conditions = new Float32Array(count * frames * conditionSize);
  for (let clip = 0; clip < count; clip++) {
    const place = { seed, step: steps[split], lane: clip };
    const { states, actions } = pushedClip(place, { frames, discs });
    states.forEach((state, time) => {
      const at = clip * frames + time;
      drawPusher({ pixels: pixels.subarray(at * area, (at + 1) * area), size }, state);
      conditions.set([...actions[time]!, state.x, state.y, state.z], at * conditionSize);
    });
  }
  return {
    frames: pixels,
    shape: [count, frames, size, size, 3],
    split,
    contextFrames,
    samplesPerClip: 1,
    source: `Pusher arm, ${discs} ${discs === 1 ? "disc" : "discs"}, ${split} clips`,
    conditions,
    conditionSize,
  };
}
