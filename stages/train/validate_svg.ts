/** How well Stochastic Video Generation does on clips it has not seen. */

import type { Clips } from "../../artifacts/clips.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import type { Engine } from "../../engine/engine.ts";
import { psnr } from "../../metrics/psnr.ts";
import type { Parameters } from "../../models/parameters.ts";
import type { SvgConfig } from "../../models/svg/svg.ts";
import { mean } from "../../numerics/mean.ts";
import { createSvgSampler } from "../sample/svg_rollout.ts";
import { futureOf, svgRows } from "../sample/svg_rows.ts";

/** Clips drawn together. */
const BATCH = 64;
/** Equal frames would have an infinite PSNR, which no mean survives. */
const MAX_PSNR = 100;

export interface SvgValidationOptions {
  /** Key of the latents; the same at each validation. */
  readonly seed: bigint;
  /** Clips shown as a preview; 0 for none. */
  readonly previews: number;
  readonly show: (item: MediaItem) => void;
  readonly signal: AbortSignal;
}

/**
 * Prepares the free-running validation: one sample of each clip, PSNR of each predicted frame, then the mean over
 * frames and clips.
 * @returns `run`, fit for `train({ evaluate })`, which gives `{ psnr }` in dB.
 */
export function createSvgValidation(
  engine: Engine,
  config: SvgConfig,
  clips: Clips,
  { seed, previews, show, signal }: SvgValidationOptions,
) {
  const [count] = clips.shape;
  const batch = Math.min(BATCH, count);
  const sampler = createSvgSampler(engine, config, { batch, batchNorm: "eval" });
  const references = Array.from({ length: count }, (_, clip) => psnr(futureOf(clips, clip)));
  return {
    async run(parameters: Parameters, step: number): Promise<Readonly<Record<string, number>>> {
      const drawing = { clips, seed, samplesPerClip: 1, signal } as const;
      const frames = await sampler.draw(parameters, { ...drawing, latents: "drawn" });
      const drawn: Clips = { ...clips, frames, split: "generated" };
      if (previews > 0) {
        const shown = { rows: previews, rowSamples: 1, rowScale: 2, delayMs: 150, seed };
        const name = `step_${`${step}`.padStart(7, "0")}`;
        for (const item of svgRows(clips, drawn, undefined, shown)) {
          show({
            ...item,
            name: `${name}_${item.name}`,
            caption: `After ${step} steps. ${item.caption}`,
          });
        }
      }
      const scores = references.map((compare, clip) =>
        mean(compare(futureOf(drawn, clip)).map((value) => Math.min(MAX_PSNR, value)))
      );
      return { psnr: mean(scores) };
    },
    dispose: () => sampler.dispose(),
  };
}
