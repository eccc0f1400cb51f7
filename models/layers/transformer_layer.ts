/** Attention and a feed-forward network over the pixels of a feature map. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { gelu } from "./gelu.ts";
import { HASH_NUMBERS, hashedDropout } from "./hashed_dropout.ts";
import { layerNorm, layerNormParameters } from "./layer_norm.ts";
import { linear, linearParameters } from "./linear.ts";
import { multiHeadAttention, multiHeadAttentionParameters } from "./multi_head_attention.ts";

export interface TransformerLayerSizes {
  readonly channels: number;
  /** Width of the hidden layer of the feed-forward network. */
  readonly hidden: number;
}

/** Dropout of attention weights: its rate, and uniform numbers of the shapes of `attentionUniforms`. */
export interface AttentionDropout {
  readonly rate: number;
  readonly rows: tf.Tensor;
  readonly columns: tf.Tensor;
}

/** Declares `norm1`, `attention`, `norm2`, `expand`, `contract`. */
export function transformerLayerParameters(
  { channels, hidden }: TransformerLayerSizes,
): ParameterSpecs {
  const zeros = { kind: "zeros" } as const;
  // PyTorch's: Glorot & Bengio 2010 for queries, keys and values together, no biases at first.
  const bound = Math.sqrt(6 / (channels + 3 * channels));
  const attention = multiHeadAttentionParameters({
    channels,
    init: { qkv: { kind: "uniform", bound } },
  });
  return {
    ...nest("norm1", layerNormParameters(channels)),
    ...nest("attention", {
      ...attention,
      "qkv.bias": { shape: [3 * channels], init: zeros },
      "out.bias": { shape: [channels], init: zeros },
    }),
    ...nest("norm2", layerNormParameters(channels)),
    ...nest("expand", linearParameters({ inputs: channels, outputs: hidden })),
    ...nest("contract", linearParameters({ inputs: hidden, outputs: channels })),
  };
}

/** Shapes of the numbers that dropout in the attention over `tokens` pixels wants. */
export function attentionUniforms(
  { batch, tokens, heads }: {
    readonly batch: number;
    readonly tokens: number;
    readonly heads: number;
  },
): Readonly<Record<"rows" | "columns", readonly number[]>> {
  const shape = [batch * heads, tokens, HASH_NUMBERS];
  return { rows: shape, columns: shape };
}

/**
 * y = x + attention(norm1(x)); y + contract(GELU(expand(norm2(y)))): a layer of a transformer, normalised first.
 *
 * Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; the order of norms: Xiong et al. 2020,
 * https://arxiv.org/abs/2002.04745.
 * @param input `[batch, height, width, channel]`, also the shape of the result.
 * @throws {RangeError} When `heads` does not divide the number of channels.
 */
export function transformerLayer(
  parameters: Parameters,
  input: tf.Tensor,
  { heads, dropout }: { readonly heads: number; readonly dropout?: AttentionDropout },
): tf.Tensor {
  const [batch, height, width, channels] = (input as tf.Tensor4D).shape;
  // [batch, height, width, channel] -> [batch, token, channel]
  const tokens = tf.reshape(input, [batch, height * width, channels]);
  const mixed = multiHeadAttention(
    under(parameters, "attention"),
    layerNorm(under(parameters, "norm1"), tokens),
    {
      heads,
      ...(dropout ? { changeWeights: (weights) => hashedDropout(weights, dropout) } : {}),
    },
  );
  const attended = tf.add(tokens, mixed);
  const normal = layerNorm(under(parameters, "norm2"), attended);
  const hidden = gelu(linear(under(parameters, "expand"), normal));
  const output = tf.add(attended, linear(under(parameters, "contract"), hidden));
  return tf.reshape(output, input.shape);
}
