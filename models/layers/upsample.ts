/** Doubling the resolution. */

import * as tf from "@tensorflow/tfjs-core";

/** Nearest neighbour: `[batch, height, width, channel] -> [batch, 2 height, 2 width, channel]`. */
export function upsample(input: tf.Tensor): tf.Tensor {
  const [, height, width] = (input as tf.Tensor4D).shape;
  return tf.image.resizeNearestNeighbor(input as tf.Tensor4D, [2 * height, 2 * width]);
}
