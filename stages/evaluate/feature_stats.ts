/** Statistics of the features of images, to compare with without the images. */

import { z } from "zod";
import { createEngine } from "../../engine/create_engine.ts";
import { gaussianOf } from "../../metrics/frechet_distance.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { trainedExtractor } from "./frame_features.ts";
import { storedImages } from "./image_sets.ts";
import { setFeatures } from "./set_features.ts";

/**
 * Mean and covariance (divisor N − 1) of an extractor's features, as the input `statistics` of
 * `evaluate/images` takes them; the file is one of pytorch-fid.
 */
export const evaluateFeatureStats = defineStage({
  id: "evaluate/feature_stats",
  version: 1,
  summary: "Gather mean and covariance of the features of images (pytorch-fid's .npz)",
  params: z.strictObject({}),
  inputs: { images: "images", features: "feature_extractor" },
  outputs: { statistics: "feature_stats" },
  permissions: { engine: true },
  async run({ inputs, engine: choice, progress, signal }) {
    const images = await inputs.images.load();
    const [, height, width, channels] = images.shape;
    const shape = { height, width, channels };
    const set = storedImages("images", images);
    const engine = await createEngine(choice);
    try {
      const extractor = trainedExtractor(
        engine,
        await inputs.features.load(),
        inputs.features.digest,
        shape,
      );
      try {
        const features = await setFeatures(extractor, shape, set, (step) => {
          signal.throwIfAborted();
          progress({ step, of: set.count });
        });
        const { count } = features;
        return { statistics: { ...gaussianOf(features), count, extractor: extractor.description } };
      } finally {
        extractor.dispose();
      }
    } finally {
      engine.dispose();
    }
  },
});
