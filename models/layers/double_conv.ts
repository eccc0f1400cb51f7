/** Two convolutions with group norms of a single group. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { conv2d, conv2dParameters } from "./conv2d.ts";
import { gelu } from "./gelu.ts";
import { groupNorm, groupNormParameters } from "./group_norm.ts";

export interface DoubleConvSizes {
  readonly inputs: number;
  readonly outputs: number;
  /** Channels between the convolutions; absent: `outputs`. */
  readonly middle?: number;
}

/** Declares `conv1 norm1 conv2 norm2`; the convolutions are 3x3 without bias. */
export function doubleConvParameters(
  { inputs, outputs, middle = outputs }: DoubleConvSizes,
): ParameterSpecs {
  return {
    ...nest("conv1", conv2dParameters({ inputs, outputs: middle, kernel: 3, bias: false })),
    ...nest("norm1", groupNormParameters(middle)),
    ...nest("conv2", conv2dParameters({ inputs: middle, outputs, kernel: 3, bias: false })),
    ...nest("norm2", groupNormParameters(outputs)),
  };
}

/**
 * f(x) = norm(conv(GELU(norm(conv(x))))), or with `residual` GELU(x + f(x)).
 *
 * Each norm has one group: all channels of an image together.
 * @param input `[batch, height, width, inputs]`.
 * @returns `[batch, height, width, outputs]`.
 */
export function doubleConv(
  parameters: Parameters,
  input: tf.Tensor,
  { residual = false }: { readonly residual?: boolean } = {},
): tf.Tensor {
  const normalised = (i: 1 | 2, x: tf.Tensor) =>
    groupNorm(under(parameters, `norm${i}`), conv2d(under(parameters, `conv${i}`), x), {
      groups: 1,
    });
  const output = normalised(2, gelu(normalised(1, input)));
  return residual ? gelu(tf.add(input, output)) : output;
}
