/** Embedding of a diffusion step. */

import type * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { linear, linearParameters } from "./linear.ts";
import { silu } from "./silu.ts";
import { sinusoidalEmbedding } from "./sinusoidal_embedding.ts";

/** Declares `first [width, outputs]` and `second [outputs, outputs]`. */
export function timeEmbeddingParameters(
  { width, outputs }: { readonly width: number; readonly outputs: number },
): ParameterSpecs {
  return {
    ...nest("first", linearParameters({ inputs: width, outputs })),
    ...nest("second", linearParameters({ inputs: outputs, outputs })),
  };
}

/**
 * Linear(SiLU(Linear(sinusoids of t))).
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, appendix B.
 * @param times `[batch]`, float32, in steps.
 * @returns `[batch, outputs]`, not yet passed through SiLU: res blocks do that.
 */
export function timeEmbedding(
  parameters: Parameters,
  times: tf.Tensor,
  { width }: { readonly width: number },
): tf.Tensor {
  const waves = sinusoidalEmbedding(times, { width, spacing: "closed" });
  return linear(under(parameters, "second"), silu(linear(under(parameters, "first"), waves)));
}
