/** Gradients of pooling and resizing as products with small matrices: both average along each axis. */

import * as tf from "@tensorflow/tfjs-core";
import type { Composition } from "./compose_kernels.ts";

/** What each output takes of which inputs: `[output][input]`. */
type Shares = readonly (readonly number[])[];

/** Conventions of `tf.image.resize*`. */
interface Corners {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * Rows^T dy Columns: every output's cotangent goes back to the inputs that it was mixed from.
 * @param dy `[batch, newHeight, newWidth, channel]`.
 * @returns `[batch, height, width, channel]`.
 */
export function resampleGradient(dy: tf.Tensor, rows: Shares, columns: Shares): tf.Tensor {
  const [batch, newHeight, newWidth, channels] = (dy as tf.Tensor4D).shape;
  const [height, width] = [rows[0]?.length ?? 0, columns[0]?.length ?? 0];
  const tall = tf.matMul<tf.Tensor>(
    turned(rows),
    tf.reshape(dy, [batch, newHeight, newWidth * channels]),
  );
  const whole = tf.matMul<tf.Tensor>(
    turned(columns),
    tf.reshape(tall, [batch * height, newWidth, channels]),
  );
  return tf.reshape(whole, [batch, height, width, channels]);
}

/** Windows count only what lies inside the image. */
export function poolShares(
  size: number,
  { count, stride, length, before }: {
    readonly count: number;
    readonly stride: number;
    readonly length: number;
    readonly before: number;
  },
): Shares {
  return Array.from({ length: count }, (_, output) => {
    const start = Math.max(0, output * stride - before);
    const end = Math.min(size, output * stride - before + length);
    return row(size, (input) => input >= start && input < end ? 1 / (end - start) : 0);
  });
}

export function bilinearShares(size: number, newSize: number, corners: Corners): Shares {
  const offset = corners.halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: newSize }, (_, output) => {
    const source = scaleOf(size, newSize, corners) * (output + offset) - offset;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(size - 1, Math.ceil(source));
    const weight = source - low;
    return row(size, (input) => (input === low ? 1 - weight : 0) + (input === high ? weight : 0));
  });
}

export function nearestShares(size: number, newSize: number, corners: Corners): Shares {
  const offset = corners.halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: newSize }, (_, output) => {
    const source = scaleOf(size, newSize, corners) * (output + offset);
    const nearest = corners.alignCorners ? Math.round(source) : Math.floor(source);
    return row(size, (input) => input === Math.max(0, Math.min(size - 1, nearest)) ? 1 : 0);
  });
}

function scaleOf(size: number, newSize: number, { alignCorners }: Corners): number {
  return alignCorners && newSize > 1 ? (size - 1) / (newSize - 1) : size / newSize;
}

function row(size: number, share: (input: number) => number): number[] {
  return Array.from({ length: size }, (_, input) => share(input));
}

/** `[1, input, output]`. */
function turned(shares: Shares): tf.Tensor {
  const inputs = shares[0]?.length ?? 0;
  const values = row(inputs, () => 0).flatMap((_, input) =>
    shares.map((share) => share[input] ?? 0)
  );
  return tf.tensor(values, [1, inputs, shares.length], "float32");
}

/** The gradient of `tf.image.resize*`, whose shares of inputs `sharesOf` gives. */
export function resizeGradient(
  { inputs: { images, dy }, attributes }: Composition,
  sharesOf: typeof bilinearShares,
): tf.Tensor {
  const corners = attributes as unknown as tf.ResizeBilinearGradAttrs;
  const [, height, width] = (images as tf.Tensor4D).shape;
  const [, newHeight, newWidth] = (dy as tf.Tensor4D).shape;
  return resampleGradient(
    dy!,
    sharesOf(height, newHeight, corners),
    sharesOf(width, newWidth, corners),
  );
}
