/**
 * Nothing flows back through truth values. tfjs-core 4.22 says so for `greaterEqual()` alone, so
 * that a gradient through `where(greater(x, 0), ...)` fails.
 */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, savedAt } from "./define_gradient.ts";

const ofTwo = [
  tf.Equal,
  tf.Greater,
  tf.Less,
  tf.LessEqual,
  tf.LogicalAnd,
  tf.LogicalOr,
  tf.NotEqual,
];

export const truthValueGradients: readonly tf.GradConfig[] = [
  ...ofTwo.map((kernelName) => zero(kernelName, ["a", "b"])),
  zero(tf.LogicalNot, ["x"]),
];

function zero(kernelName: string, inputs: readonly string[]): tf.GradConfig {
  return defineGradient(
    kernelName,
    { inputs },
    ({ saved }) =>
      Object.fromEntries(inputs.map((name, position) => [
        name,
        () => tf.zeros(savedAt(saved, position).shape, "float32"),
      ])),
  );
}
