/** Transposed convolution that doubles the resolution. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";

/** Edge of the filter: each output pixel then sees 2 x 2 input pixels, all alike. */
const KERNEL = 4;

export interface ConvTranspose2dSizes {
  readonly inputs: number;
  readonly outputs: number;
  /** Whether a number of each output channel is added; true unless said. */
  readonly bias?: boolean;
}

/** Declares `kernel [4, 4, outputs, inputs]` and `bias [outputs]`, PyTorch's default initialisation. */
export function convTranspose2dParameters(
  { inputs, outputs, bias = true }: ConvTranspose2dSizes,
): ParameterSpecs {
  // PyTorch takes the fan in of a transposed convolution from its outputs.
  const init = { kind: "uniform", bound: 1 / Math.sqrt(KERNEL * KERNEL * outputs) } as const;
  return {
    kernel: { shape: [KERNEL, KERNEL, outputs, inputs], init },
    ...(bias ? { bias: { shape: [outputs], init } } : {}),
  };
}

/**
 * Stride 2, filter 4, PyTorch's `padding=1`, which is TensorFlow's "same" here.
 *
 * Adds the bias if `parameters` have one.
 * `[batch, height, width, inputs] -> [batch, 2 height, 2 width, outputs]`.
 */
export function convTranspose2d(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const kernel = parameter(parameters, "kernel") as tf.Tensor4D;
  const [batch, height, width] = (input as tf.Tensor4D).shape;
  const shape: [number, number, number, number] = [batch, 2 * height, 2 * width, kernel.shape[2]];
  const output = tf.conv2dTranspose(input as tf.Tensor4D, kernel, shape, 2, "same");
  return parameters.bias === undefined ? output : tf.add(output, parameters.bias);
}
