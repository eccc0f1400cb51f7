/**
 * Gradients of kernels that stretch their inputs. tfjs-core 4.22 forgets to sum the cotangents of
 * what was stretched and fails.
 */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, savedAt } from "./define_gradient.ts";

export const broadcastGradients: readonly tf.GradConfig[] = [
  summed(tf.Maximum, ["a", "b"]),
  summed(tf.Minimum, ["a", "b"]),
  summed(tf.SquaredDifference, ["a", "b"]),
  summed(tf.Prelu, ["x", "alpha"]),
  // Of matrices: the axes before the last two are stretched.
  summed(tf.BatchMatMul, ["a", "b"]),
];

function summed(kernelName: string, inputs: readonly string[]): tf.GradConfig {
  return defineGradient(kernelName, { inputs }, ({ saved, fromCore }) => {
    const gradients = fromCore();
    return Object.fromEntries(inputs.map((name, position) => [
      name,
      () => unstretch(gradients[name]?.(), savedAt(saved, position).shape),
    ]));
  });
}

/** Sums over the axes along which a tensor of `shape` had been stretched. */
function unstretch(gradient: tf.Tensor | undefined, shape: number[]): tf.Tensor {
  if (gradient === undefined) throw new Error("Internal error: tfjs-core has no such gradient");
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  const small = axes.length === 0 ? gradient : tf.sum(gradient, axes);
  return tf.util.arraysEqual(small.shape, shape) ? small : tf.reshape(small, shape);
}
