/** Gradients of products and of running sums and products. */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, savedAt } from "./define_gradient.ts";

interface Running {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

interface Product {
  readonly axis?: number | number[] | null;
}

/** tfjs-core 4.22 takes axes counted from the end for axes counted from the start. */
export const productGradient = defineGradient<Product>(
  tf.Prod,
  { inputs: ["x"] },
  ({ saved, attributes: { axis }, fromCore }) => {
    const { shape } = savedAt(saved, 0);
    const axes = axis === undefined || axis === null
      ? undefined
      : tf.util.parseAxisParam(axis, shape);
    return fromCore(axes === undefined ? {} : { axis: axes });
  },
);

export const runningGradients: readonly tf.GradConfig[] = [
  // tfjs-core 4.22 transposes the gradient of any axis but the last once too often.
  defineGradient<Running>(
    tf.Cumsum,
    { inputs: ["x"] },
    ({ dy, attributes: { axis, exclusive, reverse } }) => ({
      x: () => tf.cumsum(dy, axis, exclusive, !reverse),
    }),
  ),
  // It has none of a running product.
  defineGradient<Running>(
    tf.Cumprod,
    { inputs: ["x"] },
    ({ dy, saved, attributes }) => ({
      x: () => runningProductGradient(savedAt(saved, 0), dy, attributes),
    }),
  ),
];

/** Backwards through p[i] = p[i - 1] x[i], which is also right where an x is zero. */
function runningProductGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  { axis, exclusive, reverse }: Running,
): tf.Tensor {
  const inOrder = (tensor: tf.Tensor) => reverse ? tf.reverse(tensor, axis) : tensor;
  const factors = tf.unstack(inOrder(x), axis);
  const errors = tf.unstack(inOrder(dy), axis);
  const before = tf.unstack(tf.cumprod(inOrder(x), axis, true), axis);
  // What flows into the last product, which no output is when they are exclusive.
  const none = tf.zerosLike(savedAt(errors, 0));
  let flowing = none;
  const gradients = factors.map(() => none);
  for (let i = factors.length - 1; i >= 0; i--) {
    // p[i] is an output, and a factor of p[i + 1].
    const own = exclusive ? errors[i + 1] ?? none : savedAt(errors, i);
    const next = factors[i + 1];
    flowing = next === undefined ? own : tf.add(own, tf.mul(flowing, next));
    gradients[i] = tf.mul(flowing, savedAt(before, i));
  }
  return inOrder(tf.stack(gradients, axis));
}
