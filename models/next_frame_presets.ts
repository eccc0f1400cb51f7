/** The next-frame predictor in four sizes. */

import type { NextFrameConfig } from "./next_frame.ts";

export const nextFramePresetIds = ["tiny", "small", "base", "paper"] as const;
export type NextFramePresetId = typeof nextFramePresetIds[number];

/**
 * - tiny: for tests.
 * - small: made for minutes on two CPU cores. Patches of 8 make a 64x64 frame 8x8, so that a step is
 *   cheap, and moving what is there needs fewer steps than learning to draw it (docs/moving_mnist.md).
 * - base: a three-level U-Net for an hour on a CPU or minutes on a GPU.
 * - paper: HistoryNet of Residual Video Diffusion at 64x64, full resolution, d = 48, for a GPU; with one
 *   channel 5,115,265 parameters.
 */
export function nextFramePreset(preset: NextFramePresetId, channels: number): NextFrameConfig {
  const plain = { channels, kernel: 3, blocks: false, finestSkip: true, motion: null } as const;
  switch (preset) {
    case "tiny":
      return { ...plain, patch: 8, widths: [16, 16], layers: 1 };
    case "small":
      return { ...plain, patch: 8, widths: [64], layers: 2, motion: { radius: 4, layers: 2 } };
    case "base":
      return { ...plain, patch: 4, widths: [64, 96, 128], layers: 1, blocks: true };
    case "paper":
      return {
        ...plain,
        patch: 1,
        widths: [48, 96, 96, 192],
        layers: 1,
        blocks: true,
        finestSkip: false,
      };
    default:
      return preset satisfies never;
  }
}
