/** Convolutional gated recurrent unit. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { conv2d, conv2dParameters } from "./conv2d.ts";

export interface ConvGruSizes {
  readonly inputs: number;
  readonly hidden: number;
  /** Odd edge of all filters. */
  readonly kernel: number;
}

/** Declares `gates` (reset in the first half of its outputs, update in the second) and `candidate`. */
export function convGruParameters({ inputs, hidden, kernel }: ConvGruSizes): ParameterSpecs {
  const both = inputs + hidden;
  return {
    ...nest("gates", conv2dParameters({ inputs: both, outputs: 2 * hidden, kernel })),
    ...nest("candidate", conv2dParameters({ inputs: both, outputs: hidden, kernel })),
  };
}

/**
 * One step: r, z = σ(gates[x, h]); n = tanh(candidate[x, r·h]); h' = (1 − z) h + z n.
 *
 * The reset gate acts before the convolution, and z = 1 means "take the new value": both unlike
 * torch.nn.GRU. Source: Ballas et al. 2016, https://arxiv.org/abs/1511.06432, in the form of
 * Residual Video Diffusion, https://arxiv.org/abs/2203.09481.
 * @param input `[batch, height, width, inputs]`.
 * @param hidden `[batch, height, width, hidden]`; zeros before the first frame.
 * @returns The next hidden state, in the shape of `hidden`.
 */
export function convGru(parameters: Parameters, input: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  const channels = hidden.shape[3] ?? 0;
  const gates = tf.sigmoid(conv2d(under(parameters, "gates"), tf.concat([input, hidden], 3)));
  const reset = tf.slice(gates, [0, 0, 0, 0], [-1, -1, -1, channels]);
  const update = tf.slice(gates, [0, 0, 0, channels], [-1, -1, -1, channels]);
  const candidate = tf.tanh(
    conv2d(under(parameters, "candidate"), tf.concat([input, tf.mul(reset, hidden)], 3)),
  );
  return tf.add(hidden, tf.mul(update, tf.sub(candidate, hidden)));
}
