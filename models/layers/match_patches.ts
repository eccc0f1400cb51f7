/** Compares each patch of a frame with another frame around it. */

import * as tf from "@tensorflow/tfjs-core";
import { imageWindows, type WindowSizes } from "./image_windows.ts";

/**
 * 2 Σab − Σb² over the pixels of a patch of `frame` (a) and of the displaced `previous` (b): the negative of the
 * squared difference Σ(a − b)², but for Σa², which is the same for all displacements. Two matrix products.
 *
 * @param frame `[batch, height, width, channel]`; channels are averaged.
 * @param previous Same shape.
 * @returns `[batch, rows, columns, (2 radius + 1)²]`; displacement (dy, dx) of the source, dy slower.
 */
export function matchPatches(
  frame: tf.Tensor,
  previous: tf.Tensor,
  sizes: WindowSizes,
): tf.Tensor4D {
  const { patch, radius } = sizes;
  const [batch, height, width] = (frame as tf.Tensor4D).shape;
  const [rows, columns] = [height / patch, width / patch];
  const patches = batch * rows * columns;
  const edge = patch + 2 * radius;
  const shifts = 2 * radius + 1;
  const { spread, gather, box } = tables(patch, radius);

  const windows = imageWindows(tf.mean(previous, 3), sizes);
  // [batch, row, y, column, x] -> [patch, y, x]
  const cut = tf.reshape(tf.mean(frame, 3), [batch, rows, patch, columns, patch]);
  const lines = tf.reshape(tf.transpose(cut, [0, 1, 3, 2, 4]), [patches * patch, patch]);
  // Each line displaced by every dx: [patch, (y, dx), x in window]
  const displaced = tf.reshape(tf.matMul(lines, spread), [patches, patch * shifts, edge]);
  // Against every line of the window, then summed along each dy: [patch, (dy, dx)]
  const products = tf.matMul(displaced, windows, false, true);
  const products2 = tf.reshape(products, [patches, patch * shifts * edge]) as tf.Tensor2D;
  const correlation = tf.matMul(products2, gather);
  const squares = tf.reshape(tf.square(windows), [patches, edge * edge]) as tf.Tensor2D;
  const energy = tf.matMul(squares, box);

  const match = tf.sub(tf.mul(correlation, 2), energy);
  return tf.reshape(match, [batch, rows, columns, shifts * shifts]) as tf.Tensor4D;
}

/** Constant matrices of zeros and ones that turn sums over displaced patches into products. */
function tables(patch: number, radius: number) {
  const edge = patch + 2 * radius;
  const shifts = 2 * radius + 1;
  const matrix = (height: number, width: number, isOne: (row: number, column: number) => boolean) =>
    tf.tensor2d(
      Float32Array.from(
        { length: height * width },
        (_, i) => isOne(Math.floor(i / width), i % width) ? 1 : 0,
      ),
      [height, width],
    );
  return {
    /** x in patch -> (dx, x in window): 1 where x + dx is that column. */
    spread: matrix(patch, shifts * edge, (x, column) => {
      return Math.floor(column / edge) + x === column % edge;
    }),
    /** (y, dx, line of window) -> (dy, dx): 1 where y + dy is that line. */
    gather: matrix(patch * shifts * edge, shifts * shifts, (row, column) => {
      const [y, dx, line] = [
        Math.floor(row / (shifts * edge)),
        Math.floor(row / edge) % shifts,
        row % edge,
      ];
      return dx === column % shifts && y + Math.floor(column / shifts) === line;
    }),
    /** (y, x) in window -> (dy, dx): 1 inside the displaced patch. */
    box: matrix(edge * edge, shifts * shifts, (row, column) => {
      const y = Math.floor(row / edge) - Math.floor(column / shifts);
      const x = row % edge - column % shifts;
      return y >= 0 && y < patch && x >= 0 && x < patch;
    }),
  };
}
