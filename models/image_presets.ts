/** The image denoisers in named sizes. */

import type { ImageDenoiserConfig } from "./image_denoiser.ts";

export const imagePresetIds = ["modern_tiny", "modern_small", "modern_base"] as const;
export type ImagePresetId = typeof imagePresetIds[number];

export interface ImagePresetOptions {
  readonly channels: number;
  readonly outputs: number;
  readonly classes: number;
  /** Edge of the images, in pixels. */
  readonly size: number;
}

/** Edge of the finest level that the presets aim for. */
const FINEST = 16;

/**
 * - modern_tiny: for tests.
 * - modern_small: minutes on two CPU cores.
 * - modern_base: an hour on a CPU, minutes on a GPU.
 */
export function imagePreset(id: ImagePresetId, options: ImagePresetOptions): ImageDenoiserConfig {
  const { channels, outputs, classes, size } = options;
  const common = { kind: "modern_unet", channels, outputs, classes } as const;
  switch (id) {
    case "modern_tiny":
      return { ...common, patch: 2, widths: [16, 32], blocks: [1, 1], attentionLevels: [1] };
    case "modern_small":
      return { ...common, ...levelsOf([64, 128, 192], [2, 2, 1], size) };
    case "modern_base":
      return { ...common, ...levelsOf([128, 256, 256], [2, 2, 2], size) };
    default:
      throw new TypeError(`Internal error: unknown preset ${JSON.stringify(id satisfies never)}`);
  }
}

/** Patches so large that the finest level has about 16 pixels, and as many levels as divide the size. */
function levelsOf(widths: readonly number[], blocks: readonly number[], size: number) {
  const patch = [1, 2, 4, 8].findLast((edge) => size % edge === 0 && edge * FINEST <= size) ?? 1;
  const usable = widths.filter((_, i) => size % (patch * 2 ** i) === 0).length;
  return {
    patch,
    widths: widths.slice(0, usable),
    blocks: blocks.slice(0, usable),
    attentionLevels: Array.from({ length: usable - 1 }, (_, i) => i + 1),
  };
}
