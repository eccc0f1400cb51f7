/** Pixels to channels. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Cuts an image into patches of `patch` x `patch` pixels and makes each one pixel with many channels.
 *
 * `[batch, height, width, channel] -> [batch, height / patch, width / patch, patch * patch * channel]`,
 * channels ordered (row in patch, column in patch, channel). Inverse: depthToSpace.
 * @throws {RangeError} When `patch` does not divide height and width.
 */
export function spaceToDepth(input: tf.Tensor, patch: number): tf.Tensor {
  if (patch === 1) return input;
  const [batch, height, width, channels] = (input as tf.Tensor4D).shape;
  if (height % patch !== 0 || width % patch !== 0) {
    throw new RangeError(
      `Cannot cut ${height}x${width} pixels into patches: ${patch} must divide both sides`,
    );
  }
  const [rows, columns] = [height / patch, width / patch];
  // [batch, row, y in patch, column, x in patch, channel]
  const cut = tf.reshape(input, [batch, rows, patch, columns, patch, channels]);
  const gathered = tf.transpose(cut, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(gathered, [batch, rows, columns, patch * patch * channels]);
}
