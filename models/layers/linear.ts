/** Affine map of vectors. */

import * as tf from "@tensorflow/tfjs-core";
import {
  type Initializer,
  parameter,
  type Parameters,
  type ParameterSpecs,
} from "../parameters.ts";

export interface LinearSizes {
  readonly inputs: number;
  readonly outputs: number;
  /** Replaces the default of the matrix, uniform in ±1/√inputs, for example by zeros. */
  readonly init?: Initializer;
}

/** Declares `kernel [inputs, outputs]` and `bias [outputs]`, PyTorch's default initialisation. */
export function linearParameters({ inputs, outputs, init }: LinearSizes): ParameterSpecs {
  const uniform: Initializer = { kind: "uniform", bound: 1 / Math.sqrt(inputs) };
  return {
    kernel: { shape: [inputs, outputs], init: init ?? uniform },
    bias: { shape: [outputs], init: init?.kind === "zeros" ? init : uniform },
  };
}

/** x W + b over the last axis: `[..., inputs] -> [..., outputs]`. */
export function linear(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const kernel = parameter(parameters, "kernel") as tf.Tensor2D;
  const bias = parameter(parameters, "bias");
  const [inputs, outputs] = kernel.shape;
  if (input.rank === 2) return tf.add(tf.matMul(input as tf.Tensor2D, kernel), bias);
  // [..., inputs] -> [row, inputs]
  const rows = tf.reshape(input, [-1, inputs]) as tf.Tensor2D;
  const output = tf.add(tf.matMul(rows, kernel), bias);
  return tf.reshape(output, [...input.shape.slice(0, -1), outputs]);
}
