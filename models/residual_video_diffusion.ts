/** The two networks of Residual Video Diffusion that are not the predictor, in three sizes. */

import type * as tf from "@tensorflow/tfjs-core";
import {
  compactDenoiser,
  type CompactDenoiserConfig,
  compactDenoiserParameters,
  recentPast,
} from "./compact_denoiser.ts";
import { type ContextNetConfig, contextNetParameters } from "./context_net.ts";
import { nest, type Parameters, type ParameterSpecs } from "./parameters.ts";
import {
  type DenoiserInput,
  residualDenoiser,
  type ResidualDenoiserConfig,
  residualDenoiserParameters,
} from "./residual_denoiser.ts";

/** Everything that fixes the shapes of all parameters; JSON. */
export interface ResidualVideoDiffusionConfig {
  readonly context: ContextNetConfig;
  readonly denoiser: ResidualDenoiserConfig | CompactDenoiserConfig;
}

export const residualPresetIds = ["tiny", "small", "paper"] as const;
export type ResidualPresetId = typeof residualPresetIds[number];

/**
 * - tiny: for tests.
 * - small: made for minutes on two CPU cores; patches of 4 make a 64x64 frame 16x16.
 * - paper: d = 48 and multipliers 1, 2, 4, 8 of the official code for 64x64; with one channel 18,743,233
 *   parameters in the denoiser and 13,749,072 in the context net.
 */
export function residualPreset(
  preset: ResidualPresetId,
  channels: number,
): ResidualVideoDiffusionConfig {
  const compact = (widths: readonly number[], contextWidths: readonly number[]) => ({
    context: { channels, patch: 4, widths: contextWidths, blocks: false },
    denoiser: { kind: "compact", channels, patch: 4, widths, contextWidths, reach: 4 } as const,
  });
  switch (preset) {
    case "tiny":
      return compact([16, 32], [8, 16]);
    case "small":
      return compact([48, 96], [32, 48]);
    case "paper": {
      const widths = [48, 96, 192, 384];
      return {
        context: { channels, patch: 1, widths, blocks: true },
        denoiser: { kind: "published", channels, widths, contextWidths: widths },
      };
    }
    default:
      return preset satisfies never;
  }
}

/** Declares both networks, as `context.*` and `denoiser.*`. */
export function residualVideoDiffusionParameters(
  { context, denoiser }: ResidualVideoDiffusionConfig,
): ParameterSpecs {
  return {
    ...nest("context", contextNetParameters(context)),
    ...nest(
      "denoiser",
      denoiser.kind === "compact"
        ? compactDenoiserParameters(denoiser)
        : residualDenoiserParameters(denoiser),
    ),
  };
}

/** What the denoiser wants to see of the last two frames, `[batch, height, width, channel]` in [0, 1]. */
export function pastOf(
  config: ResidualVideoDiffusionConfig["denoiser"],
  newest: tf.Tensor,
  before: tf.Tensor,
): Readonly<Record<string, tf.Tensor>> {
  return config.kind === "compact" ? recentPast(config, newest, before) : {};
}

/**
 * The answer of whichever denoiser the config names, `[batch, height, width, channel]`: the compact one
 * gives the clean residual, the published one what the objective asks for.
 */
export function denoiser(
  parameters: Parameters,
  config: ResidualVideoDiffusionConfig["denoiser"],
  input: DenoiserInput,
): tf.Tensor {
  return config.kind === "compact"
    ? compactDenoiser(parameters, config, input)
    : residualDenoiser(parameters, config, input);
}
