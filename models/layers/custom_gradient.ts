/** A differentiable operation with its own derivative. */

import * as tf from "@tensorflow/tfjs-core";

export interface GradientRule {
  /** Computes the value, and what the derivative will need. */
  forward(inputs: readonly tf.Tensor[]): { value: tf.Tensor; saved: readonly tf.Tensor[] };
  /** Gradients of all inputs, in their order and shapes. */
  backward(dy: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor[];
}

/**
 * Runs `rule.forward` and teaches the tape `rule.backward`: tf.customGrad with types.
 *
 * Written by hand, a layer's derivative can be several times cheaper than the one that the tape
 * composes from the derivatives of its parts.
 */
export function customGradient(inputs: readonly tf.Tensor[], rule: GradientRule): tf.Tensor {
  const operation = tf.customGrad((...all) => {
    // tfjs appends its `save` function to the inputs.
    const tensors = all.filter((item) => item instanceof tf.Tensor);
    const save = all.find((item) => typeof item === "function");
    const { value, saved } = rule.forward(tensors);
    save?.([...saved]);
    return { value, gradFunc: (dy, kept) => rule.backward(dy, kept) };
  });
  return operation(...inputs);
}
