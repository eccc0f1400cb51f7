/** Stochastic Video Generation in named sizes. */

import type { FrameCodeConfig } from "./frame_code.ts";
import type { SvgConfig } from "./svg.ts";

export const svgPresetIds = [
  "tiny",
  "small",
  "medium",
  "dcgan_64",
  "vgg_64",
  "dcgan_128",
  "vgg_128",
] as const;
export type SvgPresetId = typeof svgPresetIds[number];

export interface SvgPresetOptions {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly conditions: number;
}

/** All of a preset but whose prior, how many latent numbers, and which maps the decoder sees. */
export type SvgPreset = Omit<SvgConfig, "latent" | "prior" | "lastFrameSkip">;

const PUBLISHED = { hidden: 256, predictorLayers: 2, gaussianLayers: 1 };

/**
 * - tiny: for tests.
 * - small: minutes on two CPU cores; dcgan_64 with a quarter of its channels and half of its recurrent width.
 * - medium: an hour on a CPU; with half of its channels.
 * - dcgan_64, vgg_64, dcgan_128, vgg_128: as published. At 64x64 pixels in grey the encoders have 3,805,376 and
 *   8,688,448 parameters, the decoders 6,558,529 and 11,821,505. Any size that the levels divide will do.
 */
export function svgPreset(
  id: SvgPresetId,
  { conditions, ...frame }: SvgPresetOptions,
): SvgPreset {
  const frames = (kind: FrameCodeConfig["kind"], widths: readonly number[], code = 128) =>
    ({ kind, ...frame, widths, code }) as const;
  switch (id) {
    case "tiny":
      return {
        frames: frames("dcgan", [4, 8], 8),
        hidden: 8,
        predictorLayers: 1,
        gaussianLayers: 1,
        conditions,
      };
    case "small":
      return { frames: frames("dcgan", [16, 32, 64, 128]), ...PUBLISHED, hidden: 128, conditions };
    case "medium":
      return { frames: frames("dcgan", [32, 64, 128, 256]), ...PUBLISHED, conditions };
    case "dcgan_64":
      return { frames: frames("dcgan", [64, 128, 256, 512]), ...PUBLISHED, conditions };
    case "vgg_64":
      return { frames: frames("vgg", [64, 128, 256, 512]), ...PUBLISHED, conditions };
    case "dcgan_128":
      return { frames: frames("dcgan", [64, 128, 256, 512, 512]), ...PUBLISHED, conditions };
    case "vgg_128":
      return { frames: frames("vgg", [64, 128, 256, 512, 512]), ...PUBLISHED, conditions };
  }
}
