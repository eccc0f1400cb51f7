/** Moving shapes: a circle or a square in each clip, whose motion is the clip's class. */

import { z } from "zod";
import type { Clips, Split } from "../../artifacts/clips.ts";
import { Stream, uniforms } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { type Colour, paintDisc, paintSquare } from "./paint.ts";
import { motions, shapePath, WORDS_OF_PATH } from "./shape_path.ts";

const shapes = { circle: paintDisc, square: paintSquare } as const;

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

const params = z.strictObject({
  motions: z.array(z.enum(motions)).min(1).refine(distinct, "Each motion may come once")
    .default(["horizontal", "vertical"]).describe(
      "Classes of motion, in the order of their labels. horizontal, vertical: to and fro along one axis; " +
        "circle: round and round; left_to_right, top_to_bottom: once across on a Bézier curve (MoCoGAN)",
    ),
  shapes: z.array(z.enum(["circle", "square"])).min(1).refine(distinct, "Each shape may come once")
    .default(["circle", "square"]).describe("Which shapes there are"),
  background: z.enum(["black", "white"]).default("black").describe("Colour behind the shape"),
  smallest: z.number().min(0.05).max(0.9).default(0.2).describe(
    "Smallest width of a shape, as a share of the canvas",
  ),
  largest: z.number().min(0.05).max(0.9).default(0.4).describe(
    "Largest width of a shape, as a share of the canvas",
  ),
  shortestPeriod: z.number().min(2).default(12).describe("Fewest frames of one swing or turn"),
  longestPeriod: z.number().min(2).default(20).describe("Most frames of one swing or turn"),
  frames: z.int().min(2).default(16).describe("Frames of each clip"),
  contextFrames: z.int().min(0).default(0).describe(
    "Frames a model is shown, if it is to predict the rest",
  ),
  size: z.int().min(8).max(1024).default(64).describe("Edge of the square canvas, in pixels"),
  train: z.int().positive().default(2000).describe("Training clips"),
  validation: z.int().positive().default(64).describe("Validation clips"),
  test: z.int().positive().default(256).describe("Test clips"),
  testSeed: z.int().min(0).default(1).describe(
    "Seed of validation and test clips; the run's seed does not touch them, so that runs compare",
  ),
}).superRefine((value, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (value.contextFrames >= value.frames) {
    refuse("contextFrames", `contextFrames must be below frames, which is ${value.frames}`);
  }
  if (value.smallest > value.largest) {
    refuse("smallest", `smallest must be at most largest, which is ${value.largest}`);
  }
  if (value.shortestPeriod > value.longestPeriod) {
    refuse("shortestPeriod", `shortestPeriod must be at most ${value.longestPeriod}`);
  }
});

/** What makes a set of moving shapes. */
export type ShapeRule = z.output<typeof params>;

/**
 * Moving shapes as training, validation and test clips, labelled by their motion.
 *
 * Clip i depends on the seed and on i alone, whatever the counts. Colour, shape and size are held within a
 * clip and are independent of its motion. Every combination of motion and shape comes equally often.
 */
export const movingShapes = defineStage({
  id: "dataset/moving_shapes",
  version: 1,
  summary: "Make clips of moving circles and squares, labelled by their motion",
  params,
  inputs: {},
  outputs: { train: "clips", validation: "clips", test: "clips" },
  run({ params, seed }) {
    const heldOut = BigInt(params.testSeed);
    return Promise.resolve({
      train: makeShapeClips("train", params, seed),
      validation: makeShapeClips("validation", params, heldOut),
      test: makeShapeClips("test", params, heldOut),
    });
  },
});

/** Position of a split in the counter of random numbers: frozen. */
const steps = { train: 0, validation: 1, test: 2 } as const;
/** Hue, saturation, value and width. */
const WORDS_OF_LOOK = 4;

/** Makes one split's clips, uint8 `[clip, frames, size, size, 3]`. */
export function makeShapeClips(
  split: keyof typeof steps & Split,
  rule: ShapeRule,
  seed: bigint,
): Clips {
  const { frames, size } = rule;
  const count = rule[split];
  const area = size * size * 3;
  const pixels = new Uint8Array(count * frames * area).fill(rule.background === "black" ? 0 : 255);
  const periods = { shortest: rule.shortestPeriod, longest: rule.longestPeriod };
  for (let clip = 0; clip < count; clip++) {
    const { motion, shape } = kindOf(clip, rule);
    const draw = { seed, stream: Stream.trajectory, step: steps[split], lane: clip };
    const words = uniforms(draw, WORDS_OF_LOOK + WORDS_OF_PATH);
    const [hue = 0, saturation = 0, value = 0, width = 0] = words;
    const colour = vividColour({ hue, saturation, value });
    const radius = size / 2 * (rule.smallest + width * (rule.largest - rule.smallest));
    const path = shapePath(motion, words.subarray(WORDS_OF_LOOK), { frames, periods });
    path.forEach(({ x, y }, time) => {
      const start = (clip * frames + time) * area;
      const frame = { pixels: pixels.subarray(start, start + area), size };
      const range = size - 2 * radius;
      shapes[shape](frame, { x: radius + x * range, y: radius + y * range, radius }, colour);
    });
  }
  return {
    frames: pixels,
    shape: [count, frames, size, size, 3],
    split,
    contextFrames: rule.contextFrames,
    samplesPerClip: 1,
    source: `Moving shapes, ${rule.shapes.join(" or ")}, ${rule.motions.join(" or ")}`,
    labels: Int32Array.from({ length: count }, (_, clip) => clip % rule.motions.length),
    classes: rule.motions,
  };
}

/** Motions change from clip to clip, shapes when all motions have come. */
function kindOf(clip: number, { motions, shapes }: ShapeRule) {
  const round = Math.floor(clip / motions.length);
  return {
    motion: motions[clip % motions.length]!,
    shape: shapes[round % shapes.length]!,
  };
}

/** Any hue, saturation 0.6..1, value 0.7..1: far from black, from grey and from white. */
function vividColour(
  words: { readonly hue: number; readonly saturation: number; readonly value: number },
): Colour {
  const saturation = 0.6 + 0.4 * words.saturation;
  const value = 0.7 + 0.3 * words.value;
  const channel = (offset: number) => {
    const k = (offset + 6 * words.hue) % 6;
    const share = value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
    return Math.round(255 * share);
  };
  return [channel(5), channel(3), channel(1)];
}
