/** Denoises the residual that a next-frame predictor leaves. */

import * as tf from "@tensorflow/tfjs-core";
import { contextMap, type ContextState } from "./context_net.ts";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convTranspose2d, convTranspose2dParameters } from "./layers/conv_transpose2d.ts";
import { gelu } from "./layers/gelu.ts";
import {
  leakyBlock,
  leakyBlockParameters,
  leakyResBlock,
  leakyResBlockParameters,
} from "./layers/leaky_res_block.ts";
import { linear, linearParameters } from "./layers/linear.ts";
import { linearAttention, linearAttentionParameters } from "./layers/linear_attention.ts";
import { sinusoidalEmbedding } from "./layers/sinusoidal_embedding.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

export interface ResidualDenoiserConfig {
  readonly kind: "published";
  /** Channels of a frame. */
  readonly channels: number;
  /** Channels of each level, finest first; 8 divides each. Each level halves the resolution. */
  readonly widths: readonly number[];
  /** Channels of the context maps, level by level. */
  readonly contextWidths: readonly number[];
}

export interface DenoiserInput {
  /** `[batch, height, width, channel]`: x_n, the residual with noise. */
  readonly noisy: tf.Tensor;
  /** σ, the unit of the residual, in pixels of range [0, 1]. */
  readonly sigma: number;
  /** μ, the predictor's frame, same shape, in [0, 1]. */
  readonly mean: tf.Tensor;
  /** From the last frames, what `pastOf` gives for this denoiser. */
  readonly past: Readonly<Record<string, tf.Tensor>>;
  readonly context: ContextState;
  /** Diffusion step of each sample, `[batch]` float32. */
  readonly timesteps: tf.Tensor;
  /** √ᾱ and √(1−ᾱ) of each sample, `[batch, 2]`. */
  readonly levels: tf.Tensor;
}

/** Declares `time`, `down.i`, `middle`, `up.i` (i is the level that it starts from), `last`, `out`. */
export function residualDenoiserParameters(config: ResidualDenoiserConfig): ParameterSpecs {
  const { channels, widths, contextWidths } = config;
  const embedding = finest(config);
  const attend = (width: number) => nest("attention", linearAttentionParameters(width));
  const block = (name: string, inputs: number, outputs: number) =>
    nest(name, leakyResBlockParameters({ inputs, outputs, embedding }));
  const coarsest = widths.at(-1) ?? embedding;
  return {
    ...nest("time", {
      ...nest("first", linearParameters({ inputs: embedding, outputs: 4 * embedding })),
      ...nest("second", linearParameters({ inputs: 4 * embedding, outputs: embedding })),
    }),
    ...Object.assign(
      {},
      ...widths.map((width, i) =>
        nest(`down.${i}`, {
          ...block("first", widths[i - 1] ?? channels, width),
          ...block("second", width + (contextWidths[i] ?? 0), width),
          ...attend(width),
          ...(i === widths.length - 1
            ? {}
            : nest("half", conv2dParameters({ inputs: width, outputs: width, kernel: 3 }))),
        })
      ),
    ),
    ...nest("middle", {
      ...block("first", coarsest, coarsest),
      ...attend(coarsest),
      ...block("second", coarsest, coarsest),
    }),
    ...Object.assign(
      {},
      ...pairs(widths).map(([finer, width], i) =>
        nest(`up.${i + 1}`, {
          ...block("first", 2 * width, finer),
          ...block("second", finer, finer),
          ...attend(finer),
          ...nest("double", convTranspose2dParameters({ inputs: finer, outputs: finer })),
        })
      ),
    ),
    ...nest(
      "last",
      leakyBlockParameters({ inputs: embedding, outputs: embedding }),
    ),
    ...nest("out", conv2dParameters({ inputs: embedding, outputs: channels, kernel: 1 })),
  };
}

/**
 * What the objective asks for (ε, x0 or v), `[batch, height, width, channel]`.
 *
 * Source: the Unet of Residual Video Diffusion, Yang et al. 2022, https://arxiv.org/abs/2203.09481: per level
 * a residual block, the context of that level, a second block, attention. As there, μ does not enter, and the
 * finest level does not skip to the output.
 */
export function residualDenoiser(
  parameters: Parameters,
  config: ResidualDenoiserConfig,
  { noisy, context, timesteps }: DenoiserInput,
): tf.Tensor {
  const { widths } = config;
  const time = timeFeatures(under(parameters, "time"), timesteps, finest(config));
  let features = noisy;
  const skips: tf.Tensor[] = [];
  for (const i of widths.keys()) {
    const level = under(parameters, `down.${i}`);
    features = leakyResBlock(under(level, "first"), features, time);
    features = leakyResBlock(
      under(level, "second"),
      tf.concat([features, contextMap(context, i)], 3),
      time,
    );
    features = linearAttention(under(level, "attention"), features);
    skips.push(features);
    if (i < widths.length - 1) features = conv2d(under(level, "half"), features, 2);
  }
  const middle = under(parameters, "middle");
  features = leakyResBlock(under(middle, "first"), features, time);
  features = linearAttention(under(middle, "attention"), features);
  features = leakyResBlock(under(middle, "second"), features, time);
  for (let i = widths.length - 1; i >= 1; i--) {
    const level = under(parameters, `up.${i}`);
    features = leakyResBlock(under(level, "first"), tf.concat([features, skips[i]!], 3), time);
    features = leakyResBlock(under(level, "second"), features, time);
    features = linearAttention(under(level, "attention"), features);
    features = convTranspose2d(under(level, "double"), features);
  }
  const last = leakyBlock(under(parameters, "last"), features);
  return conv2d(under(parameters, "out"), last);
}

/** Linear(GELU(Linear(sinusoids))). */
function timeFeatures(parameters: Parameters, timesteps: tf.Tensor, width: number): tf.Tensor {
  const waves = sinusoidalEmbedding(timesteps, { width, spacing: "closed" });
  const hidden = linear(under(parameters, "first"), waves);
  return linear(under(parameters, "second"), gelu(hidden));
}

function finest({ widths }: ResidualDenoiserConfig): number {
  const [width] = widths;
  if (width === undefined) throw new RangeError("Cannot make a denoiser without levels");
  return width;
}

/** Neighbours of a list: [a, b, c] gives [a, b] and [b, c]. */
function pairs(list: readonly number[]): readonly (readonly [number, number])[] {
  return list.slice(1).map((item, i) => [list[i] ?? item, item] as const);
}
