/** Labelled digits on larger canvases, as a classifier of video frames will meet them. */

import type { Images } from "../../artifacts/images.ts";
import { type Draw, integers, Stream, uniforms } from "../../numerics/random.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { addNoise } from "./add_noise.ts";
import { epochOrder } from "./epoch_order.ts";
import type { LabelledImages } from "./measure_accuracy.ts";

const CLASSES = 10;

export type DigitBatch = {
  /** `[batch, size, size, 1]` in [0, 1]. */
  readonly canvases: HostTensor;
  /** `[batch, 10]`: each digit on the canvas has an equal share; rows sum to 1. */
  readonly shares: HostTensor;
};

export interface CanvasOptions {
  /** Edge of the square canvas, in pixels. */
  readonly size: number;
  /** Probability that a second digit lies on the canvas, which may cover the first. */
  readonly pairs: number;
  /**
   * Largest standard deviation of the Gaussian noise on a canvas; each draws its own, from 0 on. Without
   * it, noise that nobody sees moves features further than a missing digit does.
   */
  readonly noise: number;
  readonly seed: bigint;
}

/**
 * Draws batches: digits in an order shuffled per epoch, each anywhere on its canvas.
 *
 * @returns A pure function of step and batch size.
 * @throws {Error} When images have no labels of digits, are not grey, or do not fit the canvas.
 */
export function digitBatches(
  images: Images,
  { size, pairs, noise, seed }: CanvasOptions,
): (step: number, batch: number) => DigitBatch {
  const labels = requireDigits(images, size);
  const count = images.shape[0];
  const digitAt = epochOrder(seed, count);
  return (step, batch) => {
    const canvases = new Float32Array(batch * size * size);
    const shares = new Float32Array(batch * CLASSES);
    const second = uniforms({ seed, stream: Stream.selection, step, lane: 0 }, batch);
    const others = integers({ seed, stream: Stream.digits, step }, batch, count);
    const place = placer(images, size, { seed, stream: Stream.augmentation, step }, 2 * batch);
    for (let i = 0; i < batch; i++) {
      const digits = [digitAt(step * batch + i)];
      if (second[i]! < pairs) digits.push(others[i]!);
      digits.forEach((digit, which) => {
        place(canvases, i, digit, 2 * i + which);
        const share = i * CLASSES + labels[digit]!;
        shares[share] = shares[share]! + 1 / digits.length;
      });
    }
    addNoise(canvases, size * size, noise, { seed, step });
    return {
      canvases: { shape: [batch, size, size, 1], data: canvases },
      shares: { shape: [batch, CLASSES], data: shares },
    };
  };
}

/** Digits from..from+count-1, one to a canvas, each at a place that depends on the seed and its index. */
export function singleDigits(
  images: Images,
  from: number,
  count: number,
  { size, seed }: Pick<CanvasOptions, "size" | "seed">,
): LabelledImages {
  const labels = requireDigits(images, size);
  const canvases = new Float32Array(count * size * size);
  const place = placer(
    images,
    size,
    { seed, stream: Stream.evaluation, step: 0 },
    images.shape[0],
  );
  for (let i = 0; i < count; i++) place(canvases, i, from + i, from + i);
  return {
    images: { shape: [count, size, size, 1], data: canvases },
    labels: labels.slice(from, from + count),
  };
}

/** Puts a digit onto canvas `index` at the `position`-th of the drawn places; the brighter pixel stays. */
function placer(images: Images, size: number, draw: Draw, positions: number) {
  const [, height, width] = images.shape;
  const tops = integers({ ...draw, lane: 0 }, positions, size - height + 1);
  const lefts = integers({ ...draw, lane: 1 }, positions, size - width + 1);
  const scale = images.pixels instanceof Uint8Array ? 1 / 255 : 1;
  return (canvases: Float32Array, index: number, digit: number, position: number): void => {
    const corner = (index * size + tops[position]!) * size + lefts[position]!;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const ink = images.pixels[(digit * height + row) * width + column]! * scale;
        const at = corner + row * size + column;
        if (ink > canvases[at]!) canvases[at] = ink;
      }
    }
  };
}

function requireDigits({ labels, shape, source }: Images, size: number): Int32Array {
  const [count, height, width, channels] = shape;
  if (channels !== 1 || height > size || width > size) {
    throw new Error(
      `Cannot put "${source}" onto canvases of ${size}x${size}: images must be grey and fit, ` +
        `but they are ${height}x${width} with ${channels} channels`,
    );
  }
  if (labels?.length !== count || labels.some((label) => label < 0 || label >= CLASSES)) {
    throw new Error(`Cannot train on "${source}": each image needs a label from 0 to 9`);
  }
  return labels;
}
