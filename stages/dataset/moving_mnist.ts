/** Moving MNIST: handwritten digits that bounce inside a square. */

import { z } from "zod";
import type { Clips, Split } from "../../artifacts/clips.ts";
import { integers, Stream, uniforms } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { deterministicPath, stochasticPath, wordsOfStochasticPath } from "./bounce.ts";
import { drawDigits, type MovingDigit } from "./draw_digits.ts";
import { fetchPublishedClips, parsePublishedClips } from "./published_moving_mnist.ts";
import { DIGIT_SIZE, readMnist } from "./read_mnist.ts";
import { resizeDigit } from "./resize_digit.ts";

/** Validation clips show the last training digits, which no training clip shows. */
const TRAIN_DIGITS = 54_000;
const ALL_TRAIN_DIGITS = 60_000;

const params = z.strictObject({
  digits: z.int().min(1).max(3).default(2).describe("Digits in each clip"),
  motion: z.enum(["deterministic", "stochastic"]).default("deterministic").describe(
    "deterministic: straight lines and mirror-like bounces (OpenSTL); " +
      "stochastic: a new random speed at each wall (Stochastic Video Generation)",
  ),
  frames: z.int().min(2).default(20).describe("Frames of each clip"),
  contextFrames: z.int().min(1).default(10).describe(
    "Frames a model is shown; it predicts the rest",
  ),
  size: z.int().min(DIGIT_SIZE).default(64).describe("Edge of the square canvas, in pixels"),
  digitSize: z.int().min(DIGIT_SIZE).default(DIGIT_SIZE).describe(
    "Edge of a digit's image, enlarged bilinearly from 28; Stochastic Video Generation uses 32",
  ),
  train: z.int().positive().default(4000).describe("Training clips"),
  validation: z.int().positive().default(128).describe("Validation clips"),
  test: z.int().positive().default(256).describe("Test clips"),
  testSeed: z.int().min(0).default(1).describe(
    "Seed of validation and test clips; the run's seed does not touch them, so that runs compare",
  ),
  testFile: z.string().min(1).optional().describe(
    "Path of the published mnist_test_seq.npy: its first clips become the test clips",
  ),
  testDownload: z.boolean().default(false).describe(
    "Download the published test clips (782 MiB, checked by MD5) instead of making them",
  ),
}).superRefine((value, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (value.contextFrames >= value.frames) {
    refuse("contextFrames", `contextFrames must be below frames, which is ${value.frames}`);
  }
  if (value.size < value.digitSize) {
    refuse("size", `The canvas must hold a digit of ${value.digitSize} pixels`);
  }
  if (value.motion === "stochastic" && value.size === value.digitSize) {
    refuse("size", `Stochastic motion needs a canvas above the digit's ${value.digitSize} pixels`);
  }
  const isPublished = value.testDownload || value.testFile !== undefined;
  if (isPublished && (value.size !== 64 || value.frames > 20 || value.test > 10_000)) {
    refuse("test", "The published test clips are 10000 clips of 20 frames of 64x64 pixels");
  }
  if (value.testDownload && value.testFile !== undefined) {
    refuse("testDownload", "Give testFile or testDownload, not both");
  }
});

type Params = z.output<typeof params>;

/**
 * Moving MNIST as training, validation and test clips, which share no digit.
 *
 * Test clips show MNIST's test digits. Clip i depends on the seed and on i alone, whatever the counts.
 */
export const movingMnist = defineStage({
  id: "dataset/moving_mnist",
  version: 1,
  summary: "Make Moving MNIST: bouncing digits as training, validation and test clips",
  params,
  files: ["testFile"],
  inputs: {},
  outputs: { train: "clips", validation: "clips", test: "clips" },
  permissions: { net: ["www.cs.toronto.edu"] },
  async run({ params, seed, openFile, checkpoint, signal, progress }) {
    const trainDigits = (await readMnist("train")).pixels;
    const heldOut = BigInt(params.testSeed);
    return {
      train: makeClips("train", params, {
        pool: digitsOf(trainDigits, 0, TRAIN_DIGITS),
        seed,
      }),
      validation: makeClips("validation", params, {
        pool: digitsOf(trainDigits, TRAIN_DIGITS, ALL_TRAIN_DIGITS),
        seed: heldOut,
      }),
      test: await testClips(),
    };

    async function testClips(): Promise<Clips> {
      if (params.testFile !== undefined) {
        return parsePublishedClips(await openFile(params.testFile), params);
      }
      if (params.testDownload) {
        const bytes = await fetchPublishedClips({ checkpoint, signal, progress });
        return parsePublishedClips(bytes, params);
      }
      const { pixels, count } = await readMnist("test");
      return makeClips("test", params, { pool: digitsOf(pixels, 0, count), seed: heldOut });
    }
  },
});

/** What makes a clip: the shape of a set, without how many there are. */
export type ClipRule = Pick<
  Params,
  "digits" | "motion" | "frames" | "contextFrames" | "size" | "digitSize"
>;

/** Position of a split in the counter of random numbers: frozen. */
const steps = { train: 0, validation: 1, test: 2 } as const;

/** Makes one split's clips, uint8 `[clip, frames, size, size, 1]`. */
export function makeClips(
  split: keyof typeof steps & Split,
  rule: ClipRule & Readonly<Record<keyof typeof steps, number>>,
  { pool, seed }: { readonly pool: readonly Uint8Array[]; readonly seed: bigint },
): Clips {
  const { frames, size, motion, digits } = rule;
  const count = rule[split];
  const volume = frames * size * size;
  const pixels = new Uint8Array(count * volume);
  const merge = motion === "deterministic" ? "max" : "sum";
  for (let clip = 0; clip < count; clip++) {
    const moving = moveDigits(rule, pool, { seed, step: steps[split], lane: clip });
    drawDigits(pixels.subarray(clip * volume, (clip + 1) * volume), moving, {
      canvas: size,
      merge,
    });
  }
  return {
    frames: pixels,
    shape: [count, frames, size, size, 1],
    split,
    contextFrames: rule.contextFrames,
    samplesPerClip: 1,
    source: `Moving MNIST, ${digits} ${digits === 1 ? "digit" : "digits"}, ${motion}`,
  };
}

/** The digits of one clip: which, and their ways. */
function moveDigits(
  { digits, motion, frames, size, digitSize }: ClipRule,
  pool: readonly Uint8Array[],
  place: { readonly seed: bigint; readonly step: number; readonly lane: number },
): MovingDigit[] {
  const range = size - digitSize;
  const chosen = integers({ ...place, stream: Stream.digits }, digits, pool.length);
  const wordsPerDigit = motion === "deterministic" ? 3 : wordsOfStochasticPath(frames);
  const words = uniforms({ ...place, stream: Stream.trajectory }, digits * wordsPerDigit);
  return Array.from(chosen, (index, digit) => {
    const own = words.subarray(digit * wordsPerDigit, (digit + 1) * wordsPerDigit);
    const [x = 0, y = 0, turn = 0] = own;
    return {
      pixels: resizeDigit(pool[index]!, DIGIT_SIZE, digitSize),
      size: digitSize,
      path: motion === "deterministic"
        ? deterministicPath({ x, y, angle: 2 * Math.PI * turn }, { frames, range })
        : stochasticPath(own, { frames, range }),
    };
  });
}

function digitsOf(pixels: Uint8Array, start: number, end: number): Uint8Array[] {
  const area = DIGIT_SIZE * DIGIT_SIZE;
  return Array.from({ length: end - start }, (_, i) => {
    return pixels.subarray((start + i) * area, (start + i + 1) * area);
  });
}
