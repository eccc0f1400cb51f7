/** Doubling the resolution. */

import * as tf from "@tensorflow/tfjs-core";

/** Nearest neighbour: `[batch, height, width, channel] -> [batch, 2 height, 2 width, channel]`. */
export function upsample(input: tf.Tensor): tf.Tensor {
  const [, height, width] = (input as tf.Tensor4D).shape;
  return tf.image.resizeNearestNeighbor(input as tf.Tensor4D, [2 * height, 2 * width]);
}

/**
 * Linear between neighbours, with the corner pixels kept in the corners ("align corners"): an output pixel i
 * lies at i (size − 1) / (2 size − 1) of the input. Same shapes as `upsample`.
 */
export function upsampleBilinear(input: tf.Tensor): tf.Tensor {
  const [, height, width] = (input as tf.Tensor4D).shape;
  return tf.image.resizeBilinear(input as tf.Tensor4D, [2 * height, 2 * width], true);
}
