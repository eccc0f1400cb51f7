/** The networks whose features may be compared, by the id of their model. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { FeatureExtractor } from "../../artifacts/feature_extractor.ts";
import { imageFeatures } from "../../models/image_classifier.ts";
import { inceptionFeatures, inceptionLayers, inceptionResizes } from "../../models/inception_v3.ts";
import type { Parameters } from "../../models/parameters.ts";

export interface FeatureNetwork {
  /** Channels of the images that it takes. */
  readonly channels: readonly number[];
  /** What happens to images before the first layer, for the protocol; empty where nothing does. */
  readonly preparation: string;
  /** Images that go through together; a result never depends on it. */
  readonly batch: number;
  /** Whether these are the features that papers mean by FID and KID, without further words. */
  readonly isPublished: boolean;
  /** @param images `[batch, height, width, channel]` in [0, 1]. @returns `[batch, features]`. */
  features(parameters: Parameters, images: tf.Tensor): tf.Tensor;
}

/** A network from an extractor's name and configuration. */
type Open = (extractor: FeatureExtractor) => FeatureNetwork;

const networks: Readonly<Record<string, Open>> = {
  digit_classifier: () => ({
    channels: [1],
    preparation: "",
    batch: 64,
    isPublished: false,
    features: imageFeatures,
  }),
  image_classifier: ({ config }) => {
    const { channels } = classifierConfig.parse(config);
    const isColour = channels === 3;
    return {
      channels: isColour ? [1, 3] : [channels],
      preparation: isColour ? "images at their own size, grey repeated as red, green and blue" : "",
      batch: 64,
      isPublished: false,
      features: (parameters, images) =>
        imageFeatures(parameters, isColour ? toColour(images) : images),
    };
  },
  inception_v3: ({ name, config }) => {
    const { resize, layer } = inceptionConfig.parse(config);
    return {
      channels: [1, 3],
      preparation:
        `layer ${layer}, resized to 299x299 by the convention of "${resize}", grey repeated ` +
        "as red, green and blue",
      // 299 x 299 activations of more images would not fit the caches.
      batch: 8,
      // `dataset/inception_v3` gives this name only to weights of the published sha256.
      isPublished: name === "inception_v3" && layer === 2048,
      features: (parameters, images) => inceptionFeatures(parameters, images, { resize, layer }),
    };
  },
};

const classifierConfig = z.object({ channels: z.int().positive() });

const inceptionConfig = z.object({
  resize: z.enum(inceptionResizes),
  layer: z.literal(inceptionLayers),
});

/**
 * The network of an extractor, ready to take images of these channels.
 * @throws {Error} When no stage here knows it, or it takes other images.
 */
export function featureNetwork(extractor: FeatureExtractor, channels: number): FeatureNetwork {
  const open = networks[extractor.model];
  if (!open) {
    throw new Error(
      `Cannot compute features: input "features" must be one of ${
        Object.keys(networks).join(", ")
      }, but it is a ${extractor.model}`,
    );
  }
  const network = open(extractor);
  if (network.channels.includes(channels)) return network;
  throw new Error(
    `Cannot compute features: extractor "${extractor.name}" takes images of ` +
      `${network.channels.join(" or ")} channels, but they have ${channels}`,
  );
}

/** `[batch, height, width, 1 or 3] -> [batch, height, width, 3]`. */
function toColour(images: tf.Tensor): tf.Tensor {
  return images.shape[3] === 3 ? images : tf.tile(images, [1, 1, 1, 3]);
}
