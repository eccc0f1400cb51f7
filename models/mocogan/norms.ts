/** Batch norms of a network, and what became of their running statistics. */

import type * as tf from "@tensorflow/tfjs-core";
import { batchNorm, type BatchNormMode } from "../layers/batch_norm.ts";
import { type Parameters, under } from "../parameters.ts";

/** @returns A norm by name, and the buffers that all calls so far have changed. */
export function norms(parameters: Parameters, mode: BatchNormMode): {
  readonly norm: (name: string, input: tf.Tensor) => tf.Tensor;
  readonly buffers: Parameters;
} {
  const changed: Record<string, tf.Tensor> = {};
  return {
    norm(name, input) {
      const { output, buffers } = batchNorm(under(parameters, name), input, mode);
      for (const [key, value] of Object.entries(buffers)) changed[`${name}.${key}`] = value;
      return output;
    },
    buffers: changed,
  };
}
