/** Which images a training step sees, and how they are varied. */

import type { Images } from "../../artifacts/images.ts";
import { permutation, Stream, uniforms } from "../../numerics/random.ts";
import { resampleGrid } from "../../numerics/resample_grid.ts";
import { resampleWeights, type WeightRow } from "../../numerics/resample_weights.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { type Crop, CROP_DRAWS, type CropRule, randomCrop } from "./random_crop.ts";

/** Chance variations of an image, drawn afresh each time it is seen. */
export interface Augmentation {
  /** Probability of mirroring left to right. */
  readonly flip: number;
  /** A random part of the image, made a square of `size`; null leaves images whole. */
  readonly crop: (CropRule & { readonly size: number }) | null;
}

export interface ImageBatchOptions {
  readonly batch: number;
  readonly augment: Augmentation;
}

export interface ImageBatch {
  /** `[batch, height, width, channel]` in [-1, 1]. */
  readonly x0: HostTensor;
  /** `[batch]` int32; zeros where images have no labels. */
  readonly labels: HostTensor;
}

/** Whole batches in one pass over the images; the rest waits for the next epoch's order. */
export function stepsPerEpoch(images: Images, batch: number): number {
  return Math.floor(images.shape[0] / batch);
}

/**
 * Draws batches of images: each epoch is a fresh permutation, and its last, partial batch is left out.
 *
 * Pure in (seed, step): variations are drawn for (seed, step, place in the batch). Crops are resampled
 * bilinearly with antialiasing and not rounded to 8 bits.
 * @throws {RangeError} When there are fewer images than a batch takes.
 */
export function imageBatches(
  images: Images,
  seed: bigint,
  { batch, augment }: ImageBatchOptions,
): (step: number) => ImageBatch {
  const [count, height, width, channels] = images.shape;
  const perEpoch = stepsPerEpoch(images, batch);
  if (perEpoch === 0) {
    throw new RangeError(
      `Cannot draw batches of ${batch} images: "${images.source}" has ${count} of them`,
    );
  }
  const { flip, crop } = augment;
  const size = crop === null ? { height, width } : { height: crop.size, width: crop.size };
  const volume = size.height * size.width * channels;
  const shape = [batch, size.height, size.width, channels];
  let known: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };
  const axes = new Map<number, readonly WeightRow[]>();
  return (step) => {
    const order = orderOf(Math.floor(step / perEpoch));
    const start = (step % perEpoch) * batch;
    const x0 = new Float32Array(batch * volume);
    const labels = new Int32Array(batch);
    for (let lane = 0; lane < batch; lane++) {
      const index = order[start + lane]!;
      labels[lane] = images.labels?.[index] ?? 0;
      const into = x0.subarray(lane * volume, (lane + 1) * volume);
      const draws = drawsOf(step, lane);
      if (crop === null) copyImage(images, index, into);
      else {cropImage(
          images,
          index,
          into,
          randomCrop({ height, width }, crop, draws.subarray(1)),
          axis,
        );}
      if (draws[0]! < flip) mirror(into, size.width, channels);
    }
    return { x0: { shape, data: x0 }, labels: { shape: [batch], data: labels } };
  };

  /** Weights from so many pixels to the size of a crop; few lengths occur, again and again. */
  function axis(from: number): readonly WeightRow[] {
    const weights = axes.get(from) ??
      resampleWeights({ from, to: size.width, filter: "bilinear" });
    axes.set(from, weights);
    return weights;
  }

  function orderOf(epoch: number): Int32Array {
    if (epoch !== known.epoch) {
      known = { epoch, order: permutation({ seed, stream: Stream.shuffle, step: epoch }, count) };
    }
    return known.order;
  }

  /** The first for the mirror, the others for the crop. */
  function drawsOf(step: number, lane: number): Float32Array {
    const draw = { seed, stream: Stream.augmentation, step, lane };
    return uniforms(draw, crop === null ? 1 : 1 + CROP_DRAWS);
  }
}

/** What brings stored values to [0, 2]. */
function scaleOf({ pixels }: Images): number {
  return pixels instanceof Uint8Array ? 2 / 255 : 2;
}

function copyImage(images: Images, index: number, into: Float32Array): void {
  const scale = scaleOf(images);
  const { pixels } = images;
  const from = index * into.length;
  for (let i = 0; i < into.length; i++) into[i] = pixels[from + i]! * scale - 1;
}

function cropImage(
  images: Images,
  index: number,
  into: Float32Array,
  part: Crop,
  axis: (from: number) => readonly WeightRow[],
): void {
  const [, height, width, channels] = images.shape;
  const { pixels } = images;
  const scale = scaleOf(images);
  resampleGrid({
    columns: axis(part.width),
    rows: axis(part.height),
    width: part.width,
    channels,
    readLine(row, line) {
      const from = ((index * height + part.top + row) * width + part.left) * channels;
      for (let i = 0; i < line.length; i++) line[i] = pixels[from + i]!;
    },
    writeLine(row, line) {
      const at = row * line.length;
      for (let i = 0; i < line.length; i++) into[at + i] = line[i]! * scale - 1;
    },
  });
}

/** Exchanges left and right in place: `[height, width, channel]`. */
function mirror(image: Float32Array, width: number, channels: number): void {
  const length = width * channels;
  for (let line = 0; line < image.length; line += length) {
    for (let x = 0; x < width >> 1; x++) {
      const [left, right] = [line + x * channels, line + (width - 1 - x) * channels];
      for (let c = 0; c < channels; c++) {
        const held = image[left + c]!;
        image[left + c] = image[right + c]!;
        image[right + c] = held;
      }
    }
  }
}
