/** Two-dimensional convolution. */

import * as tf from "@tensorflow/tfjs-core";
import {
  type Initializer,
  parameter,
  type Parameters,
  type ParameterSpecs,
} from "../parameters.ts";

export interface Conv2dSizes {
  readonly inputs: number;
  readonly outputs: number;
  /** Edge of the filter, in pixels; odd, or 4 to halve the resolution (stride 2). */
  readonly kernel: number;
  /** Whether a number of each output channel is added; true unless said. */
  readonly bias?: boolean;
  /** Replaces the default of the filter, uniform in ±1/√(fan in), for example by zeros. */
  readonly init?: Initializer;
}

/** Declares `kernel [kernel, kernel, inputs, outputs]` and `bias [outputs]`, PyTorch's default. */
export function conv2dParameters(
  { inputs, outputs, kernel, init, bias = true }: Conv2dSizes,
): ParameterSpecs {
  if (kernel % 2 !== 1 && kernel !== 4) {
    throw new RangeError(
      `Cannot declare a convolution: the filter must be odd or 4, but is ${kernel}`,
    );
  }
  const uniform: Initializer = { kind: "uniform", bound: 1 / Math.sqrt(kernel * kernel * inputs) };
  return {
    kernel: { shape: [kernel, kernel, inputs, outputs], init: init ?? uniform },
    ...(bias ? { bias: { shape: [outputs], init: init?.kind === "zeros" ? init : uniform } } : {}),
  };
}

/**
 * Convolves `[batch, height, width, inputs]` with zero padding (kernel − 1) / 2, rounded down, on all sides.
 *
 * Adds the bias if `parameters` have one.
 * With `stride` 2 and kernel 3 this is PyTorch's `padding=1`, not TensorFlow's "same": that one
 * would pad 0 before and 1 after. A filter of 4 halves an even size exactly.
 * @returns `[batch, ceil(height / stride), ceil(width / stride), outputs]`.
 */
export function conv2d(parameters: Parameters, input: tf.Tensor, stride = 1): tf.Tensor {
  const kernel = parameter(parameters, "kernel") as tf.Tensor4D;
  const margin = Math.floor((kernel.shape[0] - 1) / 2);
  const pad = margin === 0 ? "valid" : [[0, 0], [margin, margin], [margin, margin], [
    0,
    0,
  ]] satisfies tf.backend_util.ExplicitPadding;
  const output = tf.conv2d(input as tf.Tensor4D, kernel, stride, pad);
  return parameters.bias === undefined ? output : tf.add(output, parameters.bias);
}
