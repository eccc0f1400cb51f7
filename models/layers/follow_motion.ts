/** What the next frame is, if it is the newest one moved, and a noisy view of it is at hand. */

import * as tf from "@tensorflow/tfjs-core";
import { depthToSpace } from "./depth_to_space.ts";
import type { WindowSizes } from "./image_windows.ts";
import { matchPatches } from "./match_patches.ts";
import { motionEvidence } from "./motion_evidence.ts";
import { channelWindows, transportChannels } from "./transport_channels.ts";

/** Patches on a side that are matched together. */
const NEIGHBOURHOOD = 3;
/** Spread of a displacement from one frame to the next, in pixels: positions are whole pixels. */
const WANDER = 0.7;
/** Shares of motions that turn round on either axis or both, and of any motion at all. */
const BOUNCE = 0.04;
const ANYTHING = 0.03;
/** Keeps logarithms finite. */
const TINY = 1e-6;

/**
 * Probability of each displacement of the next frame, from the last: it goes on, a pixel more or less, or
 * it bounces off a wall, or anything happens.
 *
 * @param newest `[batch, height, width, channel]`.
 * @param before The frame before it, same shape.
 * @returns `[batch, rows, columns, (2 radius + 1)²]`, logarithms.
 */
export function expectedMotion(
  newest: tf.Tensor,
  before: tf.Tensor,
  sizes: WindowSizes,
): tf.Tensor4D {
  const evidence = motionEvidence(newest, before, sizes);
  const [batch, rows, columns, displacements] = (evidence as tf.Tensor4D).shape;
  const flat = tf.reshape(evidence, [batch * rows * columns, displacements]) as tf.Tensor2D;
  const next = tf.matMul(flat, transitions(sizes.radius));
  return tf.log(tf.reshape(next, [batch, rows, columns, displacements])) as tf.Tensor4D;
}

/**
 * The mean of the newest frame, displaced, over the posterior of displacements:
 * p(d | noisy) ∝ p(d) exp(−Σ (noisy(p) − newest(p + d))² / (2 spread²)), the sum over 3x3 patches.
 *
 * With much noise this is a blur over what may come, with little it is one sharp copy: a denoiser that is exact
 * where things only move. It has no parameters; what it copies keeps its brightness.
 * @param noisy `[batch, height, width, channel]`: the next frame plus Gaussian noise.
 * @param spread `[batch]`, standard deviation of that noise.
 * @param prior From expectedMotion.
 * @returns Same shape as `newest`, in its range.
 */
export function followMotion(
  noisy: tf.Tensor,
  spread: tf.Tensor,
  newest: tf.Tensor,
  prior: tf.Tensor,
  sizes: WindowSizes,
): tf.Tensor {
  const { patch, radius } = sizes;
  const [batch, height, width, channels] = (newest as tf.Tensor4D).shape;
  const [rows, columns, shifts] = [height / patch, width / patch, 2 * radius + 1];
  const patches = batch * rows * columns;
  const match = tf.avgPool(matchPatches(noisy, newest, sizes), NEIGHBOURHOOD, 1, "same");
  // The means of matchPatches() and avgPool() made sums again; channels were averaged, noise with them.
  const certainty = tf.div(0.5 * channels * NEIGHBOURHOOD ** 2, tf.square(spread));
  const likelihood = tf.mul(match, tf.reshape(certainty, [batch, 1, 1, 1]));
  const posterior = tf.softmax(tf.reshape(tf.add(prior, likelihood), [patches, shifts * shifts]));
  // [patch, dy, dx] -> [patch, axis * shift]: separable kernels, exact once one displacement is left.
  const square = tf.reshape(posterior, [patches, shifts, shifts]);
  const kernels = tf.log(tf.add(tf.concat([tf.sum(square, 2), tf.sum(square, 1)], 1), TINY));
  const moved = transportChannels(channelWindows(newest, sizes), kernels, sizes);
  return depthToSpace(tf.reshape(moved, [batch, rows, columns, -1]), patch);
}

/** `[from, to]`: probability that displacement `to` follows displacement `from`; rows sum to 1. */
function transitions(radius: number): tf.Tensor2D {
  const axis = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const all = axis.flatMap((y) => axis.map((x) => ({ x, y })));
  const near = (a: { x: number; y: number }, x: number, y: number) =>
    Math.exp(-((a.x - x) ** 2 + (a.y - y) ** 2) / (2 * WANDER ** 2));
  const table = all.map((from) => {
    const shape = (x: number, y: number) => {
      const weights = all.map((to) => near(to, x, y));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / sum);
    };
    const on = shape(from.x, from.y);
    const bounced = [shape(-from.x, from.y), shape(from.x, -from.y), shape(-from.x, -from.y)];
    return all.map((_, to) =>
      (1 - 3 * BOUNCE - ANYTHING) * on[to]! + ANYTHING / all.length +
      bounced.reduce((sum, weights) => sum + BOUNCE * weights[to]!, 0)
    );
  });
  return tf.tensor2d(table);
}
