/** The two networks of Residual Video Diffusion that are not the predictor, in three sizes. */

import { type ContextNetConfig, contextNetParameters } from "./context_net.ts";
import { nest, type ParameterSpecs } from "./parameters.ts";
import { type ResidualDenoiserConfig, residualDenoiserParameters } from "./residual_denoiser.ts";

/** Everything that fixes the shapes of all parameters; JSON. */
export interface ResidualVideoDiffusionConfig {
  readonly context: ContextNetConfig;
  readonly denoiser: ResidualDenoiserConfig;
}

export const presetIds = ["tiny", "small", "paper"] as const;
export type PresetId = typeof presetIds[number];

/**
 * - tiny: for tests.
 * - small: made for minutes on two CPU cores; patches of 4 make a 64x64 frame 16x16, and μ enters the
 *   denoiser.
 * - paper: d = 48 and multipliers 1, 2, 4, 8 of the official code for 64x64; with one channel 18,743,233
 *   parameters in the denoiser and 13,749,072 in the context net.
 */
export function residualVideoDiffusion(
  preset: PresetId,
  channels: number,
): ResidualVideoDiffusionConfig {
  const make = (
    patch: number,
    widths: readonly number[],
    contextWidths: readonly number[],
    options: Pick<ResidualDenoiserConfig, "attention" | "seesMean" | "finestSkip">,
  ): ResidualVideoDiffusionConfig => ({
    context: { channels, patch, widths: contextWidths },
    denoiser: { channels, patch, widths, contextWidths, ...options },
  });
  switch (preset) {
    case "tiny":
      return make(4, [16, 32], [16, 32], { attention: true, seesMean: true, finestSkip: true });
    case "small":
      return make(4, [48, 96], [32, 48], { attention: false, seesMean: true, finestSkip: true });
    case "paper":
      return make(1, [48, 96, 192, 384], [48, 96, 192, 384], {
        attention: true,
        seesMean: false,
        finestSkip: false,
      });
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
    ...nest("denoiser", residualDenoiserParameters(denoiser)),
  };
}
