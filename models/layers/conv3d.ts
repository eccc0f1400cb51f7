/** Three-dimensional convolution: time, height and width. */

import * as tf from "@tensorflow/tfjs-core";
import {
  type Initializer,
  parameter,
  type Parameters,
  type ParameterSpecs,
} from "../parameters.ts";

export interface Conv3dSizes {
  readonly inputs: number;
  readonly outputs: number;
  /** Edge of the filter along all three axes. */
  readonly kernel: number;
  /** Whether a number of each output channel is added; true unless said. */
  readonly bias?: boolean;
}

/** One number for time, one for height and width. */
export interface TimeAndSpace {
  readonly time: number;
  readonly space: number;
}

/** Declares `kernel [kernel, kernel, kernel, inputs, outputs]` and `bias [outputs]`, PyTorch's default. */
export function conv3dParameters(
  { inputs, outputs, kernel, bias = true }: Conv3dSizes,
): ParameterSpecs {
  const init: Initializer = { kind: "uniform", bound: 1 / Math.sqrt(kernel ** 3 * inputs) };
  return {
    kernel: { shape: [kernel, kernel, kernel, inputs, outputs], init },
    ...(bias ? { bias: { shape: [outputs], init } } : {}),
  };
}

/**
 * Convolves `[clip, time, height, width, inputs]`, padded with zeros on both sides of each axis.
 *
 * Adds the bias if `parameters` have one.
 * @returns `[clip, ⌊(time + 2 pad − kernel) / stride⌋ + 1, height likewise, width likewise, outputs]`.
 */
export function conv3d(
  parameters: Parameters,
  input: tf.Tensor,
  { stride, padding }: { readonly stride: TimeAndSpace; readonly padding: TimeAndSpace },
): tf.Tensor {
  const kernel = parameter(parameters, "kernel") as tf.Tensor5D;
  const { time, space } = padding;
  const padded = tf.pad(input, [[0, 0], [time, time], [space, space], [space, space], [0, 0]]);
  const strides: [number, number, number] = [stride.time, stride.space, stride.space];
  const output = tf.conv3d(padded as tf.Tensor5D, kernel, strides, "valid");
  return parameters.bias === undefined ? output : tf.add(output, parameters.bias);
}
