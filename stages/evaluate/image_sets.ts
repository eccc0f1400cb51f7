/** Sets of images as they are scored: intensities in [0, 1], rounded as image files hold them. */

import type { Images } from "../../artifacts/images.ts";
import { normals, Stream } from "../../numerics/random.ts";
import type { Rows } from "../../numerics/row_products.ts";

export interface ImageSet {
  /** As `of` in scores. */
  readonly of: string;
  readonly count: number;
  /** Images that differ; image i of the set is number i % distinct. */
  readonly distinct: number;
  /** `[height, width, channel]`. */
  image(index: number): Float32Array;
}

/** Values outside [0, 1] that are not rounding but another range. */
const SLACK = 0.5;

/**
 * An artifact's images.
 * @throws {RangeError} When a value is not finite, or so far outside [0, 1] that it has another range.
 */
export function storedImages(of: string, images: Images): ImageSet {
  const { pixels, shape: [count], source } = images;
  const size = pixels.length / count;
  if (pixels instanceof Float32Array) requireUnit(pixels, source);
  return {
    of,
    count,
    distinct: count,
    image(index) {
      const own = pixels.subarray(index * size, (index + 1) * size);
      return own instanceof Uint8Array
        ? Float32Array.from(own, (value) => value / 255)
        : own.map(toByte);
    },
  };
}

/** `count` times the mean of a set. */
export function meanImage(set: ImageSet, count: number): ImageSet {
  const { mean } = momentsOf(set);
  const image = Float32Array.from(mean, toByte);
  return { of: "mean image", count, distinct: 1, image: () => image };
}

/** Images of independent normal pixels, each with the mean and variance of that pixel in a set. */
export function pixelNoise(set: ImageSet, count: number, seed: bigint): ImageSet {
  const { mean, variance } = momentsOf(set);
  return {
    of: "pixel noise",
    count,
    distinct: count,
    image(index) {
      const noise = normals({ seed, stream: Stream.noise, step: 0, lane: index }, mean.length);
      return noise.map((value, i) => toByte(mean[i]! + Math.sqrt(variance[i]!) * value));
    },
  };
}

/** Images of these numbers. */
export function someImages(set: ImageSet, indices: Int32Array, of = set.of): ImageSet {
  const { length: count } = indices;
  return { of, count, distinct: count, image: (index) => set.image(indices[index]!) };
}

/** `[count, height * width * channel]`: images from..to-1, for distances between pixels. */
export function pixelRows(set: ImageSet, from: number, to: number): Rows {
  const dimensions = set.image(from).length;
  const data = new Float32Array((to - from) * dimensions);
  for (let i = from; i < to; i++) data.set(set.image(i), (i - from) * dimensions);
  return { data, count: to - from, dimensions };
}

function momentsOf({ count, image }: ImageSet) {
  const size = image(0).length;
  const [mean, variance] = [new Float64Array(size), new Float64Array(size)];
  // Welford's update, or a flat pixel's variance would be rounding of its square.
  for (let index = 0; index < count; index++) {
    const own = image(index);
    for (let i = 0; i < size; i++) {
      const difference = own[i]! - mean[i]!;
      mean[i] = mean[i]! + difference / (index + 1);
      variance[i] = variance[i]! + difference * (own[i]! - mean[i]!);
    }
  }
  return { mean, variance: variance.map((sum) => sum / count) };
}

/** The nearest of 0/255 .. 255/255. */
function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value))) / 255;
}

function requireUnit(pixels: Float32Array, source: string): void {
  for (const value of pixels) {
    if (value >= -SLACK && value <= 1 + SLACK) continue;
    throw new RangeError(
      `Cannot score "${source}": intensities must be in [0, 1], but there is ${value}; are they in ` +
        "another range?",
    );
  }
}
