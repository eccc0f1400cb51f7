/** What can be given to others, by the id of the network: one line for each. */

import type { Json } from "../../artifacts/weights.ts";
import type { ForwardFunction } from "../../engine/engine.ts";
import {
  clipClassifierExport,
  digitClassifierExport,
  imageClassifierExport,
  inceptionExport,
} from "./classifiers.ts";
import type { Exportable, OpenSizes } from "./exportable.ts";
import { imageDiffusionExport } from "./image_diffusion.ts";
import { mocoganExport } from "./mocogan.ts";
import { nextFrameExport } from "./next_frame.ts";
import { residualDiffusionExport } from "./residual_diffusion.ts";
import { svgExport } from "./svg.ts";

const exportables: Readonly<Record<string, Exportable>> = {
  next_frame: nextFrameExport,
  residual_diffusion: residualDiffusionExport,
  image_diffusion: imageDiffusionExport,
  svg: svgExport,
  mocogan: mocoganExport,
  digit_classifier: digitClassifierExport,
  image_classifier: imageClassifierExport,
  clip_classifier: clipClassifierExport,
  inception_v3: inceptionExport,
};

/** Ids of the networks that can be exported. */
export const exportableModels: readonly string[] = Object.keys(exportables);

/**
 * The functions of a trained network by part.
 * @throws {Error} When nothing is known of the network, or a size is missing.
 */
export function forwardFunctions(
  { model, config }: { readonly model: string; readonly config: Json },
  sizes: OpenSizes,
): Readonly<Record<string, ForwardFunction>> {
  const exportable = Object.hasOwn(exportables, model) ? exportables[model] : undefined;
  if (exportable) return exportable(config, sizes);
  throw new Error(
    `Cannot export "${model}": its functions are known for ${exportableModels.join(", ")}`,
  );
}
