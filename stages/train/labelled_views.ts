/** Pairs of varied copies of images, as a network that is to recognise them will see them. */

import type { Images } from "../../artifacts/images.ts";
import { integers, normals, Stream, uniforms } from "../../numerics/random.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { addNoise } from "./add_noise.ts";
import { epochOrder } from "./epoch_order.ts";
import { spoilImage, spoilings } from "./spoil_image.ts";

export interface ViewOptions {
  /** Probability of mirroring left to right. */
  readonly flip: number;
  /** Longest shift along each axis, in pixels; the border's pixels are repeated. */
  readonly shift: number;
  /** Largest standard deviation of Gaussian noise; each copy draws its own, from 0 on. */
  readonly noise: number;
  readonly seed: bigint;
}

/** A type alias, so that it is a record to TypeScript. */
export type ViewBatch = {
  /** `[2 batch, height, width, channel]` in [0, 1]: one copy of each image, then another of each. */
  readonly views: HostTensor;
  /** `[2 batch, classes]`: 1 for the class of the image. */
  readonly classes: HostTensor;
  /** `[batch, height, width, channel]`: the first copies again, four fifths of them spoilt. */
  readonly spoilt: HostTensor;
  /** `[batch, spoilings]`: 1 for how. */
  readonly spoilings: HostTensor;
};

/**
 * Draws batches: images in an order shuffled per epoch, two copies of each, varied independently.
 *
 * @returns A pure function of step and batch size.
 */
export function viewBatches(
  images: Images,
  classes: number,
  { flip, shift, noise, seed }: ViewOptions,
): (step: number, batch: number) => ViewBatch {
  const [count, height, width, channels] = images.shape;
  const size = height * width * channels;
  const imageAt = epochOrder(seed, count);
  return (step, batch) => {
    const rows = 2 * batch;
    const views = new Float32Array(rows * size);
    const shares = new Float32Array(rows * classes);
    const draw = (lane: number) => ({ seed, stream: Stream.augmentation, step, lane });
    const mirrors = uniforms(draw(0), rows);
    const downs = integers(draw(1), rows, 2 * shift + 1);
    const rights = integers(draw(2), rows, 2 * shift + 1);
    for (let row = 0; row < rows; row++) {
      const image = imageAt(step * batch + row % batch);
      copyShifted(images, image, views.subarray(row * size, (row + 1) * size), {
        down: downs[row]! - shift,
        right: rights[row]! - shift,
        isMirrored: mirrors[row]! < flip,
      });
      const label = images.labels?.[image];
      if (label !== undefined) shares[row * classes + label] = 1;
    }
    addNoise(views, size, noise, { seed, step });
    const spoilt = views.slice(0, batch * size);
    const kinds = integers(draw(3), batch, spoilings.length);
    const strengths = uniforms(draw(4), 2 * batch);
    const grain = normals({ seed, stream: Stream.noise, step, lane: 1 }, batch * size);
    const kindShares = new Float32Array(batch * spoilings.length);
    for (let i = 0; i < batch; i++) {
      kindShares[i * spoilings.length + kinds[i]!] = 1;
      const other = (i + 1) % batch;
      spoilImage(spoilt.subarray(i * size, (i + 1) * size), spoilings[kinds[i]!]!, {
        height,
        width,
        channels,
        draws: [strengths[2 * i]!, strengths[2 * i + 1]!],
        noise: grain.subarray(i * size, (i + 1) * size),
        other: views.subarray(other * size, (other + 1) * size),
      });
    }
    return {
      spoilt: { shape: [batch, height, width, channels], data: spoilt },
      spoilings: { shape: [batch, spoilings.length], data: kindShares },
      views: { shape: [rows, height, width, channels], data: views },
      classes: { shape: [rows, classes], data: shares },
    };
  };
}

interface Variation {
  readonly down: number;
  readonly right: number;
  readonly isMirrored: boolean;
}

function copyShifted(
  { pixels, shape: [, height, width, channels] }: Images,
  image: number,
  into: Float32Array,
  { down, right, isMirrored }: Variation,
): void {
  const scale = pixels instanceof Uint8Array ? 1 / 255 : 1;
  const from = image * into.length;
  const inside = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
  for (let row = 0; row < height; row++) {
    const sourceRow = inside(row - down, height) * width;
    for (let column = 0; column < width; column++) {
      const shifted = inside(column - right, width);
      const sourceColumn = isMirrored ? width - 1 - shifted : shifted;
      const source = from + (sourceRow + sourceColumn) * channels;
      const target = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) into[target + c] = pixels[source + c]! * scale;
    }
  }
}
