/** Motion compensation: what the next frame would be if everything moved on as it did. */

import * as tf from "@tensorflow/tfjs-core";

/** Patches on each side that a patch is matched together with; 1 makes windows of 3 x 3 patches. */
const NEIGHBOURS = 1;
/** How much a squared difference of 1, summed over a window, counts against a displacement. */
const SHARPNESS = 1;

export interface CarryMotionOptions {
  /** Edge of a patch; its pixels move together. */
  readonly patch: number;
  /** Longest displacement on each axis, in pixels per frame. */
  readonly reach: number;
}

/**
 * Finds for each patch how it came from the frame before, and moves on by the same displacement.
 *
 * The weight of displacement d is softmax(−Σ_window (newest(p) − before(p + d))²); the result is the weighted
 * mean of newest(p + d). It has no parameters and is differentiable. On Moving MNIST it misses bounces and
 * crossing digits, and keeps strokes sharp: a denoiser that is shown it learns to copy.
 * Source: block matching with soft assignment, as the cost volume of Dosovitskiy et al. 2015,
 * https://arxiv.org/abs/1504.06852, and the advection of Finn et al. 2016, https://arxiv.org/abs/1605.07157.
 * @param newest `[batch, height, width, channel]`.
 * @param before The frame before it, same shape.
 * @returns Same shape, in the range of the frames.
 */
export function carryMotion(
  newest: tf.Tensor,
  before: tf.Tensor,
  { patch, reach }: CarryMotionOptions,
): tf.Tensor {
  const [batch, height, width, channels] = (newest as tf.Tensor4D).shape;
  const kernel = shiftKernel(reach);
  /** Channel c at all displaced positions: `[batch, height, width, shift]`. */
  const shifted = (frame: tf.Tensor, c: number) =>
    tf.conv2d(channelOf(frame, c) as tf.Tensor4D, kernel, 1, "same");
  const mismatch = Array.from(
    { length: channels },
    (_, c) => tf.square(tf.sub(shifted(before, c), channelOf(newest, c))),
  );
  // Means over patches, then sums over windows of patches; outside the frame nothing moves.
  const perPatch = tf.avgPool(tf.addN(mismatch) as tf.Tensor4D, patch, patch, "valid");
  const edge = 2 * NEIGHBOURS + 1;
  const perWindow = tf.avgPool(perPatch, edge, 1, "same");
  const weights = tf.softmax(tf.mul(perWindow, -SHARPNESS * (edge * patch) ** 2));
  const perPixel = tf.image.resizeNearestNeighbor(weights as tf.Tensor4D, [height, width]);
  const carried = Array.from({ length: channels }, (_, c) =>
    // [batch, height, width, shift] -> [batch, height, width, 1]
    tf.sum(tf.mul(shifted(newest, c), perPixel), 3, true));
  return tf.reshape(tf.concat(carried, 3), [batch, height, width, channels]);
}

function channelOf(frame: tf.Tensor, channel: number): tf.Tensor {
  if (frame.shape[3] === 1) return frame;
  return tf.slice(frame, [0, 0, 0, channel], [-1, -1, -1, 1]);
}

/** One-hot filters `[edge, edge, 1, shift]`: one per displacement in the disc of radius reach + 1/2. */
function shiftKernel(reach: number): tf.Tensor4D {
  const edge = 2 * reach + 1;
  const inside: number[] = [];
  for (let i = 0; i < edge * edge; i++) {
    const [dy, dx] = [Math.floor(i / edge) - reach, (i % edge) - reach];
    if (dy * dy + dx * dx <= (reach + 0.5) ** 2) inside.push(i);
  }
  const data = new Float32Array(edge * edge * inside.length);
  for (const [shift, position] of inside.entries()) data[position * inside.length + shift] = 1;
  return tf.tensor4d(data, [edge, edge, 1, inside.length]);
}
