/** Between a map of features and a vector: a convolution whose filter is the whole map, and its transpose. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";

export interface WholeMapSizes {
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Declares `kernel [height, width, inputs, outputs]` and `bias [outputs]`, PyTorch's default initialisation. */
export function mapToVectorParameters(
  { height, width, inputs, outputs }: WholeMapSizes,
): ParameterSpecs {
  const init = { kind: "uniform", bound: 1 / Math.sqrt(height * width * inputs) } as const;
  return {
    kernel: { shape: [height, width, inputs, outputs], init },
    bias: { shape: [outputs], init },
  };
}

/**
 * One number per output channel from all of a map; the same as a convolution without padding.
 *
 * `[batch, height, width, inputs] -> [batch, 1, 1, outputs]`.
 */
export function mapToVector(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const kernel = parameter(parameters, "kernel");
  const outputs = kernel.shape[3]!;
  const batch = input.shape[0]!;
  // [batch, height, width, channel] -> [batch, height * width * channel]
  const rows = tf.reshape(input, [batch, -1]) as tf.Tensor2D;
  const product = tf.matMul(rows, tf.reshape(kernel, [-1, outputs]) as tf.Tensor2D);
  const output = tf.add(product, parameter(parameters, "bias"));
  return tf.reshape(output, [batch, 1, 1, outputs]);
}

/** Declares `kernel [height, width, outputs, inputs]` and `bias [outputs]`, PyTorch's default initialisation. */
export function vectorToMapParameters(
  { height, width, inputs, outputs }: WholeMapSizes,
): ParameterSpecs {
  // PyTorch takes the fan in of a transposed convolution from its outputs.
  const init = { kind: "uniform", bound: 1 / Math.sqrt(height * width * outputs) } as const;
  return {
    kernel: { shape: [height, width, outputs, inputs], init },
    bias: { shape: [outputs], init },
  };
}

/**
 * A whole map from one vector; the same as a transposed convolution of a single pixel.
 *
 * `[batch, inputs] -> [batch, height, width, outputs]`.
 */
export function vectorToMap(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const kernel = parameter(parameters, "kernel");
  const [height, width, outputs, inputs] = kernel.shape as [number, number, number, number];
  const rows = tf.reshape(kernel, [height * width * outputs, inputs]) as tf.Tensor2D;
  // [batch, height * width * channel] -> [batch, height, width, channel]
  const map = tf.reshape(tf.matMul(input as tf.Tensor2D, rows, false, true), [
    -1,
    height,
    width,
    outputs,
  ]);
  return tf.add(map, parameter(parameters, "bias"));
}
