/** Gradient of sums of products by index letters, of which tfjs-core 4.22 has none. */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, savedAt } from "./define_gradient.ts";

/**
 * The product of dy and all other operands, summed to the letters of the one asked for. Letters that
 * nobody else has were summed alone, so that their gradient is the same everywhere.
 */
export const einsumGradient = defineGradient<tf.EinsumAttrs>(
  tf.Einsum,
  { inputs: "all" },
  ({ dy, saved, attributes: { equation } }) => {
    const [left = "", right = ""] = equation.replaceAll(" ", "").split("->");
    const operands = left.split(",");
    const derivative = (position: number) => {
      const letters = operands[position] ?? "";
      const others = operands.map((_, other) => other).filter((other) => other !== position);
      const terms = [right, ...others.map((other) => operands[other] ?? "")];
      const known = [...letters].filter((letter) => terms.some((term) => term.includes(letter)));
      const tensors = [dy, ...others.map((other) => savedAt(saved, other))];
      const product = tf.einsum(`${terms.join(",")}->${known.join("")}`, ...tensors);
      const { shape } = savedAt(saved, position);
      if (known.length === letters.length) return product;
      const apart = [...letters].map((letter, axis) =>
        known.includes(letter) ? shape[axis] ?? 1 : 1
      );
      return tf.broadcastTo(tf.reshape(product, apart), shape);
    };
    return Object.fromEntries(
      operands.map((_, position) => [`${position}`, () => derivative(position)]),
    );
  },
);
