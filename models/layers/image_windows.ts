/** Overlapping windows around the patches of an image. */

import * as tf from "@tensorflow/tfjs-core";

export interface WindowSizes {
  /** Edge of the patches that the image is cut into. */
  readonly patch: number;
  /** How far a window reaches beyond its patch on each side; twice it is a multiple of `patch`. */
  readonly radius: number;
}

/**
 * For each patch, the patch and its surroundings, zeros outside the image:
 * `[batch, height, width] -> [batch * patches, edge, edge]`, edge = patch + 2 radius.
 *
 * Built of slices and concatenations of whole patches, which costs less than gathering pixels.
 * @throws {RangeError} When a window is not a whole number of patches.
 */
export function imageWindows(image: tf.Tensor, { patch, radius }: WindowSizes): tf.Tensor3D {
  const [batch, height, width] = (image as tf.Tensor3D).shape;
  const extra = 2 * radius / patch;
  if (!Number.isInteger(extra)) {
    throw new RangeError(
      `Cannot cut windows: twice the radius must be a multiple of the patch, ${patch}, but the ` +
        `radius is ${radius}`,
    );
  }
  const [rows, columns] = [height / patch, width / patch];
  const edge = patch + 2 * radius;
  const padded = tf.pad(image, [[0, 0], [radius, radius], [radius, radius]]);
  // [batch, strip, y, x] -> [batch, row, y in window, x]
  const strips = tf.reshape(padded, [batch, rows + extra, patch, width + 2 * radius]);
  const tall = tf.reshape(gather(strips, rows, extra), [
    batch * rows * edge,
    columns + extra,
    patch,
  ]);
  // [line, strip, x] -> [line, column, x in window]
  const lines = tf.reshape(tall, [batch * rows * edge, columns + extra, patch, 1]);
  const wide = tf.reshape(gather(lines, columns, extra), [batch, rows, edge, columns, edge]);
  return tf.reshape(tf.transpose(wide, [0, 1, 3, 2, 4]), [batch * rows * columns, edge, edge]);
}

/** `[a, count + extra, patch, b] -> [a, count, patch * (extra + 1), b]`: each strip with its followers. */
function gather(strips: tf.Tensor, count: number, extra: number): tf.Tensor {
  const parts = Array.from(
    { length: extra + 1 },
    (_, k) => tf.slice(strips, [0, k, 0, 0], [-1, count, -1, -1]),
  );
  return tf.concat(parts, 2);
}
