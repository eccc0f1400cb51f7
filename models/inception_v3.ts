/** Inception-v3 as the Fréchet Inception distance uses it: images in, features out. */

import * as tf from "@tensorflow/tfjs-core";
import { type InceptionLayer, inceptionPath } from "./inception/architecture.ts";
import { inceptionInput, type InceptionResize } from "./inception/resize.ts";
import { pathParameters, runPath } from "./inception/run_path.ts";
import type { Parameters, ParameterSpecs } from "./parameters.ts";

export { type InceptionLayer, inceptionLayers } from "./inception/architecture.ts";
export { type InceptionResize, inceptionResizes } from "./inception/resize.ts";

/** What fixes the features of given parameters; JSON. */
export type InceptionConfig = {
  /** How images come to 299x299; features of different ways do not compare. */
  readonly resize: InceptionResize;
  /** Number of features: 2048 is the published distance, lower layers are other metrics. */
  readonly layer: InceptionLayer;
};

/**
 * Declares 94 convolutions, `<name>.kernel` and `<name>.bias`; batch normalisation is folded into them
 * (`inception/state_dict.ts`). The network is never trained here; the initialisers are for tests.
 */
export function inceptionParameters(): ParameterSpecs {
  return pathParameters(inceptionPath(2048), 3);
}

/**
 * Features of images, the mean over positions of a layer.
 *
 * Source: pytorch-fid 0.3.0, `fid_score.get_activations`; its network is described in
 * `inception/architecture.ts`. Against torch 2.15 in float64: within 1e-5 of the largest feature.
 * @param images `[batch, height, width, 1 or 3]` in [0, 1].
 * @returns `[batch, layer]`.
 */
export function inceptionFeatures(
  parameters: Parameters,
  images: tf.Tensor,
  { resize, layer }: InceptionConfig,
): tf.Tensor {
  return tf.mean(runPath(parameters, inceptionPath(layer), inceptionInput(images, resize)), [1, 2]);
}
