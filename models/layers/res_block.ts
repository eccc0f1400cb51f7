/** Residual block. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { conv2d, conv2dParameters } from "./conv2d.ts";
import { groupNorm, groupNormParameters } from "./group_norm.ts";
import { linear, linearParameters } from "./linear.ts";
import { silu } from "./silu.ts";

export interface ResBlockSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  /** Width of an embedding (time, class) that modulates the second normalisation; absent: none. */
  readonly embedding?: number;
}

/**
 * Declares `norm1 conv1 norm2 conv2`, `modulation` when there is an embedding, `shortcut` when the
 * number of channels changes. `conv2` starts at zero, so that a fresh block is its shortcut.
 */
export function resBlockParameters(sizes: ResBlockSizes): ParameterSpecs {
  const { inputs, outputs, kernel, embedding } = sizes;
  const zeros = { kind: "zeros" } as const;
  return {
    ...nest("norm1", groupNormParameters(inputs)),
    ...nest("conv1", conv2dParameters({ inputs, outputs, kernel })),
    ...nest("norm2", groupNormParameters(outputs)),
    ...nest("conv2", conv2dParameters({ inputs: outputs, outputs, kernel, init: zeros })),
    ...(embedding === undefined ? {} : nest(
      "modulation",
      linearParameters({ inputs: embedding, outputs: 2 * outputs, init: zeros }),
    )),
    ...(inputs === outputs
      ? {}
      : nest("shortcut", conv2dParameters({ inputs, outputs, kernel: 1 }))),
  };
}

/**
 * shortcut(x) + conv2(SiLU(norm2(conv1(SiLU(norm1(x)))))), norm2 modulated by the embedding (FiLM).
 *
 * Source: He et al. 2016 (pre-activation), https://arxiv.org/abs/1603.05027; with an embedding:
 * Dhariwal & Nichol 2021, adaptive group normalisation, https://arxiv.org/abs/2105.05233.
 * @param input `[batch, height, width, inputs]`.
 * @param options.embedding `[batch, embedding]`; it is passed through SiLU here.
 * @returns `[batch, height, width, outputs]`.
 */
export function resBlock(
  parameters: Parameters,
  input: tf.Tensor,
  options: { readonly groups: number; readonly embedding?: tf.Tensor },
): tf.Tensor {
  const { groups, embedding } = options;
  const first = silu(groupNorm(under(parameters, "norm1"), input, { groups }));
  const middle = conv2d(under(parameters, "conv1"), first);
  const film = embedding === undefined
    ? {}
    : { film: modulation(under(parameters, "modulation"), embedding) };
  const second = silu(groupNorm(under(parameters, "norm2"), middle, { groups, ...film }));
  const branch = conv2d(under(parameters, "conv2"), second);
  const hasShortcut = parameters["shortcut.kernel"] !== undefined;
  const shortcut = hasShortcut ? conv2d(under(parameters, "shortcut"), input) : input;
  return tf.add(shortcut, branch);
}

function modulation(parameters: Parameters, embedding: tf.Tensor) {
  const both = linear(parameters, silu(embedding)) as tf.Tensor2D;
  const [, twice] = both.shape;
  const [scale, shift] = [0, twice / 2].map((start) => tf.slice(both, [0, start], [-1, twice / 2]));
  return { scale: scale!, shift: shift! };
}
