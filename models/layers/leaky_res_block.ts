/** Residual block in the form of Residual Video Diffusion. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { conv2d, conv2dParameters } from "./conv2d.ts";
import { groupNorm, groupNormParameters } from "./group_norm.ts";
import { linear, linearParameters } from "./linear.ts";

const GROUPS = 8;
const SLOPE = 0.2;

export interface LeakyResBlockSizes {
  readonly inputs: number;
  readonly outputs: number;
  /** Width of an embedding (time) that is added between the two convolutions; absent: none. */
  readonly embedding?: number;
}

/** Declares `conv` 3x3 and `norm`. */
export function leakyBlockParameters(
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): ParameterSpecs {
  return {
    ...nest("conv", conv2dParameters({ inputs, outputs, kernel: 3 })),
    ...nest("norm", groupNormParameters(outputs)),
  };
}

/** LeakyReLU 0.2 (group norm of 8 groups (3x3 convolution)). */
export function leakyBlock(parameters: Parameters, input: tf.Tensor): tf.Tensor {
  const convolved = conv2d(under(parameters, "conv"), input);
  return tf.leakyRelu(groupNorm(under(parameters, "norm"), convolved, { groups: GROUPS }), SLOPE);
}

/** Declares `first`, `second`, `embedding` when there is one, `shortcut` when the channels change. */
export function leakyResBlockParameters(sizes: LeakyResBlockSizes): ParameterSpecs {
  const { inputs, outputs, embedding } = sizes;
  return {
    ...nest("first", leakyBlockParameters({ inputs, outputs })),
    ...nest("second", leakyBlockParameters({ inputs: outputs, outputs })),
    ...(embedding === undefined
      ? {}
      : nest("embedding", linearParameters({ inputs: embedding, outputs }))),
    ...(inputs === outputs
      ? {}
      : nest("shortcut", conv2dParameters({ inputs, outputs, kernel: 1 }))),
  };
}

/**
 * shortcut(x) + block2(block1(x) + linear(LeakyReLU(embedding))).
 *
 * Source: the blocks of Yang et al. 2022, https://arxiv.org/abs/2203.09481.
 * @param input `[batch, height, width, inputs]`; 8 must divide `outputs`.
 * @param embedding `[batch, width]`.
 */
export function leakyResBlock(
  parameters: Parameters,
  input: tf.Tensor,
  embedding?: tf.Tensor,
): tf.Tensor {
  let hidden = leakyBlock(under(parameters, "first"), input);
  if (embedding !== undefined) {
    const shift = linear(under(parameters, "embedding"), tf.leakyRelu(embedding, SLOPE));
    // [batch, channel] -> [batch, 1, 1, channel]
    hidden = tf.add(hidden, tf.reshape(shift, [-1, 1, 1, shift.shape[1] ?? 0]));
  }
  const branch = leakyBlock(under(parameters, "second"), hidden);
  const hasShortcut = parameters["shortcut.kernel"] !== undefined;
  return tf.add(branch, hasShortcut ? conv2d(under(parameters, "shortcut"), input) : input);
}
