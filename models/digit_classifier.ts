/** The classifier of ten grey digits, as `train/digit_features` trains it. */

import type * as tf from "@tensorflow/tfjs-core";
import {
  classLogits,
  type ImageClassifierConfig,
  imageClassifierParameters,
  imageFeatures,
} from "./image_classifier.ts";
import type { Parameters, ParameterSpecs } from "./parameters.ts";

/** What of an image classifier's configuration is not fixed by digits. */
export type DigitClassifierConfig = Pick<ImageClassifierConfig, "widths">;

export function digitClassifierParameters({ widths }: DigitClassifierConfig): ParameterSpecs {
  return imageClassifierParameters({ channels: 1, classes: 10, widths });
}

/** Scores of the ten classes of frames `[batch, height, width, 1]`, `[batch, 10]`. */
export function digitLogits(parameters: Parameters, frames: tf.Tensor): tf.Tensor {
  return classLogits(parameters, imageFeatures(parameters, frames));
}
