/** What turns features into points whose angles a contrastive loss compares; left off after training. */

import * as tf from "@tensorflow/tfjs-core";
import { linear, linearParameters } from "./layers/linear.ts";
import { silu } from "./layers/silu.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/**
 * Declares `hidden` and `out`. Source: Chen et al. 2020, https://arxiv.org/abs/2002.05709, section 4.2: one
 * hidden layer; features before it carry more than the points behind it.
 */
export function projectionHeadParameters(
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): ParameterSpecs {
  return {
    ...nest("hidden", linearParameters({ inputs, outputs: inputs })),
    ...nest("out", linearParameters({ inputs, outputs })),
  };
}

/** `[batch, inputs] -> [batch, outputs]`, rows of length 1. */
export function projectionHead(parameters: Parameters, features: tf.Tensor): tf.Tensor {
  const hidden = silu(linear(under(parameters, "hidden"), features));
  const out = linear(under(parameters, "out"), hidden);
  const length = tf.sqrt(tf.add(tf.sum(tf.square(out), 1, true), 1e-12));
  return tf.div(out, length);
}
