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
  /** Whether a number of each output is added; true unless said. */
  readonly bias?: boolean;
  /** Replaces the default of the matrix, uniform in ±1/√inputs, for example by zeros. */
  readonly init?: Initializer;
}

/** Declares `kernel [inputs, outputs]` and `bias [outputs]`, PyTorch's default initialisation. */
export function linearParameters(
  { inputs, outputs, init, bias = true }: LinearSizes,
): ParameterSpecs {
  const uniform: Initializer = { kind: "uniform", bound: 1 / Math.sqrt(inputs) };
  return {
    kernel: { shape: [inputs, outputs], init: init ?? uniform },
    ...(bias ? { bias: { shape: [outputs], init: init?.kind === "zeros" ? init : uniform } } : {}),
  };
}

/** x W + b over the last axis, `[..., inputs] -> [..., outputs]`; without b where `parameters` have none. */
export function linear(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const kernel = parameter(parameters, "kernel") as tf.Tensor2D;
  const { bias } = parameters;
  const [inputs, outputs] = kernel.shape;
  const map = (rows: tf.Tensor2D) => {
    const product = tf.matMul(rows, kernel);
    return bias === undefined ? product : tf.add(product, bias);
  };
  if (input.rank === 2) return map(input as tf.Tensor2D);
  // [..., inputs] -> [row, inputs]
  const rows = tf.reshape(input, [-1, inputs]) as tf.Tensor2D;
  return tf.reshape(map(rows), [...input.shape.slice(0, -1), outputs]);
}
