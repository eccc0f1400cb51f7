/** What the networks behind Fréchet distances offer: features, and what they were trained to say. */

import type { Json } from "../../artifacts/weights.ts";
import type { ForwardFunction } from "../../engine/engine.ts";
import {
  type ClipClassifierConfig,
  clipFeatures,
  clipLogits,
} from "../../models/clip_classifier.ts";
import {
  classLogits,
  type ImageClassifierConfig,
  imageFeatures,
} from "../../models/image_classifier.ts";
import { type InceptionConfig, inceptionFeatures } from "../../models/inception_v3.ts";
import { type Exportable, requireFrames, requireSize } from "./exportable.ts";

export const digitClassifierExport: Exportable = (_, sizes) => ({
  classifier: imageClassifier("digit_classifier", 1, requireSize("digit_classifier", sizes)),
});

export const imageClassifierExport: Exportable = (json, sizes) => {
  const { channels } = json as Json & ImageClassifierConfig;
  const size = requireSize("image_classifier", sizes);
  return { classifier: imageClassifier("image_classifier", channels, size) };
};

function imageClassifier(
  model: string,
  channels: number,
  { height, width }: { readonly height: number; readonly width: number },
): ForwardFunction {
  return {
    summary: `Features and scores of classes of images (${model})`,
    inputs: {
      images: { shape: ["batch", height, width, channels], doc: "Images in [0, 1]" },
    },
    outputs: { features: "Features", logits: "Scores of classes before softmax" },
    run(weights, { images }) {
      const features = imageFeatures(weights, images!);
      return { features, logits: classLogits(weights, features) };
    },
  };
}

export const clipClassifierExport: Exportable = (json, sizes) => {
  const { size, channels } = json as Json & ClipClassifierConfig;
  const frames = requireFrames("clip_classifier", sizes);
  return {
    classifier: {
      summary: "Features and scores of classes of clips",
      inputs: {
        clips: { shape: ["batch", frames, size, size, channels], doc: "Clips in [0, 1]" },
      },
      outputs: { features: "Features", logits: "Scores of classes before softmax" },
      run(weights, { clips }) {
        const { clips: features } = clipFeatures(weights, clips!);
        return { features, logits: clipLogits(weights, features) };
      },
    },
  };
};

export const inceptionExport: Exportable = (json, sizes) => {
  const config = json as Json & InceptionConfig;
  const { height, width } = requireSize("inception_v3", sizes);
  return {
    classifier: {
      summary: `Features of images, layer ${config.layer}, resized as "${config.resize}" does`,
      inputs: {
        images: { shape: ["batch", height, width, 3], doc: "Images in [0, 1]; red, green, blue" },
      },
      outputs: { features: "Features: the mean over positions" },
      run: (weights, { images }) => ({ features: inceptionFeatures(weights, images!, config) }),
    },
  };
};
