/** Clips in the course of training, for a person to watch. */

import { clipGrid } from "../../artifacts/clip_grid.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parameters } from "../../models/parameters.ts";
import { createClipSampler } from "../sample/draw_clips.ts";
import type { MocoganModel } from "../sample/mocogan_model.ts";
import { toUnit } from "../sample/image_values.ts";

/** Edge of a shown frame on the screen, about. */
const SHOWN_PIXELS = 64;

export interface MocoganPreviewOptions {
  /** Clips in a preview; 0 makes none. */
  readonly previews: number;
  readonly seed: bigint;
  readonly show: (item: MediaItem) => void;
}

/**
 * Draws the same clips each time, one row for each category.
 * @returns Undefined where no previews are wanted.
 */
export function createMocoganPreview(
  engine: Engine,
  { network, classes }: MocoganModel,
  { previews, seed, show }: MocoganPreviewOptions,
) {
  if (previews === 0) return undefined;
  const rows = Math.min(previews, Math.max(1, classes.length));
  const columns = Math.ceil(previews / rows);
  const sources = Array.from({ length: rows * columns }, (_, i) => ({
    content: i % columns,
    motion: i % columns,
    category: Math.floor(i / columns),
  }));
  const { frames, size, channels } = network;
  const sampler = createClipSampler(engine, {
    config: network,
    frames,
    // The average of parameters has no statistics of its own before training ends.
    batchNorm: "batch_statistics",
    batch: sources.length,
  });
  return {
    async draw(parameters: Parameters, step: number): Promise<void> {
      const clips = toUnit(await sampler.draw(parameters, seed, sources));
      show(clipGrid({
        name: `step_${`${step}`.padStart(7, "0")}`,
        caption: `Clips after ${step} steps${classes.length > 1 ? `: ${classes.join(", ")}` : ""}`,
        clips,
        shape: [sources.length, frames, size, size, channels],
        columns,
        ...(classes.length > 1 ? { rowLabels: classes.slice(0, rows) } : {}),
      }, { scale: Math.max(1, Math.round(SHOWN_PIXELS / size)), delayMs: 125 }));
    },
    dispose: () => sampler.dispose(),
  };
}
