/** Where the content of each patch came from: block matching. */

import * as tf from "@tensorflow/tfjs-core";
import { customGradient } from "./custom_gradient.ts";
import type { WindowSizes } from "./image_windows.ts";
import { matchPatches } from "./match_patches.ts";

/** Makes a difference of 0.01 in mean squared error a factor of 20 in likelihood. */
const SHARPNESS = 300;

/**
 * How well each displacement up to `radius` explains the change between two frames: softmax over
 * displacements of −300 · mean squared difference between a patch and the displaced previous frame, after
 * averaging the differences of 3x3 neighbouring patches.
 *
 * Given to a network as an input, it saves the many steps that learning to see motion takes. No gradient
 * flows through it.
 * Source: the cost volume of optical-flow networks, such as https://arxiv.org/abs/1709.02371.
 * @param frame `[batch, height, width, channel]`; channels are averaged.
 * @param previous The frame before, same shape.
 * @returns `[batch, rows, columns, (2 radius + 1)²]`; displacement (dy, dx) of the source, dy slower.
 */
export function motionEvidence(
  frame: tf.Tensor,
  previous: tf.Tensor,
  sizes: WindowSizes,
): tf.Tensor {
  return customGradient([frame, previous], {
    forward: ([frame, previous]) => ({
      value: likelihood(frame!, previous!, sizes),
      saved: [frame!, previous!],
    }),
    backward: (_, [frame, previous]) => [tf.zerosLike(frame!), tf.zerosLike(previous!)],
  });
}

function likelihood(frame: tf.Tensor, previous: tf.Tensor, sizes: WindowSizes): tf.Tensor {
  const match = tf.div(matchPatches(frame, previous, sizes), sizes.patch ** 2);
  return tf.softmax(tf.mul(tf.avgPool(match as tf.Tensor4D, 3, 1, "same"), SHARPNESS));
}
