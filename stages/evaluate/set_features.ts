/** Features of whole sets of images. */

import { type Features, takeRows } from "../../metrics/features.ts";
import { FeatureCollector, type FrameExtractor, type FrameShape } from "./frame_features.ts";
import type { ImageSet } from "./image_sets.ts";

/** Features of all images, in order; repeated images are extracted once. */
export async function setFeatures(
  extractor: FrameExtractor,
  shape: FrameShape,
  set: ImageSet,
  onImage: (index: number) => void,
): Promise<Features> {
  const collector = new FeatureCollector(extractor, shape);
  for (let index = 0; index < set.distinct; index++) {
    onImage(index);
    await collector.add(set.image(index));
  }
  const features = await collector.features();
  if (set.distinct === set.count) return features;
  return takeRows(features, Int32Array.from({ length: set.count }, (_, i) => i % set.distinct));
}
