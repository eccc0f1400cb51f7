/** Channels to pixels. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Spreads the channels of each pixel over `patch` x `patch` pixels; the inverse of spaceToDepth.
 *
 * `[batch, height, width, patch * patch * channel] -> [batch, height * patch, width * patch, channel]`.
 * @throws {RangeError} When patch² does not divide the number of channels.
 */
export function depthToSpace(input: tf.Tensor, patch: number): tf.Tensor {
  if (patch === 1) return input;
  const [batch, rows, columns, depth] = (input as tf.Tensor4D).shape;
  const channels = depth / (patch * patch);
  if (!Number.isInteger(channels)) {
    throw new RangeError(
      `Cannot spread ${depth} channels over patches: ${patch}² must divide them`,
    );
  }
  // [batch, row, column, y in patch, x in patch, channel]
  const cut = tf.reshape(input, [batch, rows, columns, patch, patch, channels]);
  const spread = tf.transpose(cut, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(spread, [batch, rows * patch, columns * patch, channels]);
}
