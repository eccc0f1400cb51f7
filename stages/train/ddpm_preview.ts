/** Samples in the course of training, for a person to watch. */

import { imageGrid } from "../../artifacts/image_grid.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import { chooseSampler } from "../../diffusion/choose_sampler.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parameters } from "../../models/parameters.ts";
import { createImageSampler } from "../sample/draw_images.ts";
import type { ImageDiffusion } from "../sample/image_diffusion.ts";
import { toUnit } from "../sample/image_values.ts";

/** Few, because a preview delays the training; enough to see what will come. */
const STEPS = 20;

export interface DdpmPreviewOptions {
  /** Samples in a preview; 0 makes none. */
  readonly previews: number;
  readonly seed: bigint;
  readonly show: (item: MediaItem) => void;
}

/**
 * Draws the same samples each time, by DDIM, from the averaged parameters where there are any.
 * @returns Undefined where no previews are wanted.
 */
export function createDdpmPreview(
  engine: Engine,
  diffusion: ImageDiffusion,
  { previews, seed, show }: DdpmPreviewOptions,
) {
  if (previews === 0) return undefined;
  const { schedule, objective, network, height, width } = diffusion;
  const steps = chooseSampler(
    {
      sampler: "ddim",
      steps: Math.min(STEPS, schedule.steps),
      spacing: "trailing",
      eta: 0,
      variance: "small",
      rederiveNoise: true,
    },
    schedule,
    objective,
  );
  const sampler = createImageSampler(engine, {
    diffusion,
    steps,
    clip: 1,
    guidance: null,
    batchNorm: "eval",
    batch: previews,
  });
  const images = Array.from({ length: previews }, (_, i) => i);
  const labels = network.classes === 0
    ? {}
    : { labels: Int32Array.from(images, (i) => i % network.classes) };
  return {
    async draw(parameters: Parameters, step: number): Promise<void> {
      const drawn = await sampler.draw(parameters, { seed, images, ...labels });
      const columns = Math.ceil(Math.sqrt(previews));
      show(imageGrid({
        name: `step_${`${step}`.padStart(7, "0")}`,
        caption: `Samples after ${step} steps`,
        images: toUnit(drawn),
        shape: [previews, height, width, network.channels],
      }, { columns, scale: Math.max(1, Math.round(64 / width)) }));
    },
    dispose: () => sampler.dispose(),
  };
}
