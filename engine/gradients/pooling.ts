/** Gradients of pooling that know how sizes were rounded; tfjs-core 4.22 forgets it on the way. */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, runKernel, savedAt } from "./define_gradient.ts";

interface Attributes {
  readonly dimRoundingMode?: string;
}

export const poolingGradients: readonly tf.GradConfig[] = [
  defineGradient<Attributes>(
    tf.MaxPool,
    { inputs: ["x"], outputs: [true] },
    ({ dy, saved, attributes, fromCore }) => {
      if (!attributes.dimRoundingMode) return fromCore();
      const [input, output] = [savedAt(saved, 0), savedAt(saved, 1)];
      return { x: () => runKernel(tf.MaxPoolGrad, { dy, input, output }, attributes) };
    },
  ),
  defineGradient<Attributes>(
    tf.AvgPool,
    { inputs: ["x"] },
    ({ dy, saved, attributes, fromCore }) => {
      if (!attributes.dimRoundingMode) return fromCore();
      return {
        x: () => runKernel(tf.AvgPoolGrad, { dy, input: savedAt(saved, 0) }, attributes),
      };
    },
  ),
];
