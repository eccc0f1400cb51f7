/** A diffusion of 8x8 images that trains in a second. */

import type { Images } from "../../artifacts/images.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import type { Weights } from "../../artifacts/weights.ts";
import { type DdpmParams } from "../../stages/train/ddpm_params.ts";
import { trainDdpm } from "../../stages/train/ddpm.ts";
import { input, stageContext } from "../support/stage_context.ts";

/** Images of two classes, dark and bright, each with one lighter column: uint8 `[count, 8, 8, 3]`. */
export function barImages(split: Images["split"], count = 8): Images {
  const pixels = new Uint8Array(count * 8 * 8 * 3);
  for (let i = 0; i < pixels.length; i++) {
    const image = Math.floor(i / 192);
    const column = Math.floor(i / 3) % 8;
    const base = image % 2 === 0 ? 30 : 170;
    pixels[i] = base + (column === image % 8 ? 60 : 0);
  }
  return {
    pixels,
    shape: [count, 8, 8, 3],
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    classes: ["dark", "bright"],
    split,
    source: "bars",
  };
}

export interface TinyRun {
  readonly images?: Images;
  readonly validation?: Images;
  readonly warn?: (message: string) => void;
  readonly preview?: (item: MediaItem) => void;
  readonly seed?: bigint;
}

/** Trains the smallest network. */
export async function trainTiny(params: Partial<DdpmParams>, run: TinyRun = {}) {
  const { context } = stageContext({ backend: "onnx", threads: 1 }, run.seed);
  return await trainDdpm.run({
    ...context,
    ...(run.warn ? { warn: run.warn } : {}),
    ...(run.preview ? { preview: run.preview } : {}),
    params: trainDdpm.params.parse({
      model: "modern_tiny",
      steps: 2,
      batch: 4,
      timesteps: 20,
      previews: 0,
      ...params,
    }),
    inputs: {
      images: input(run.images ?? barImages("train")),
      validation: run.validation && input(run.validation),
    },
  });
}

/** Weights of a freshly trained model. */
export async function tinyWeights(params: Partial<DdpmParams> = {}): Promise<Weights> {
  return (await trainTiny(params)).weights;
}
