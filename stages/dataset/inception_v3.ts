/** The network of the Fréchet Inception distance, as an extractor of features. */

import { z } from "zod";
import type { FeatureExtractor } from "../../artifacts/feature_extractor.ts";
import {
  type InceptionConfig,
  inceptionLayers,
  inceptionResizes,
} from "../../models/inception_v3.ts";
import { defineStage } from "../../pipelines/stage.ts";
import {
  downloadInceptionWeights,
  inceptionHosts,
  type InceptionWeights,
  publishedInception,
  readInceptionWeights,
} from "./inception_weights.ts";

const params = z.strictObject({
  file: z.string().min(1).optional().describe(
    "Path of a copy of pt_inception-2015-12-05-6726825d.pth, instead of downloading it (91 MiB)",
  ),
  anyWeights: z.boolean().default(false).describe(
    "Accept other weights of the same network in file; scores are then no published FID",
  ),
  layer: z.literal(inceptionLayers).default(2048).describe(
    "Number of features: 2048 is the published distance, lower layers are other metrics",
  ),
  resize: z.enum(inceptionResizes).default("pytorch").describe(
    "How images come to 299x299: as pytorch-fid, as the original in TensorFlow, or as clean-fid",
  ),
}).superRefine(({ file, anyWeights }, context) => {
  if (!anyWeights || file !== undefined) return;
  const message = "anyWeights is about a file, but there is none: give file";
  context.addIssue({ code: "custom", path: ["anyWeights"], message });
});

/**
 * The published weights, verified by their sha256, with batch normalisation folded into the convolutions.
 *
 * Source: pytorch-fid's release `fid_weights`. Scores compare with published ones only if images are
 * resized the same way, and with equally many images.
 */
export const inceptionV3 = defineStage({
  id: "dataset/inception_v3",
  version: 1,
  summary: "Fetch the Inception network whose features the Fréchet Inception distance compares",
  params,
  files: ["file"],
  inputs: {},
  outputs: { features: "feature_extractor" },
  permissions: { net: inceptionHosts },
  async run({ params: { file, anyWeights, ...config }, openFile, ...context }) {
    const weights = file === undefined
      ? await downloadInceptionWeights(context)
      : readInceptionWeights(await openFile(file), { path: file, anyWeights });
    return { features: inceptionExtractor(weights, config) };
  },
});

/** The extractor of these weights: their digest is in its name, unless they are the published ones. */
export function inceptionExtractor(
  { parameters, sha256 }: InceptionWeights,
  config: InceptionConfig,
  published = publishedInception,
): FeatureExtractor {
  const { resize, layer } = config;
  const isPublished = sha256 === published.sha256;
  return {
    name: isPublished ? "inception_v3" : `inception_v3-${sha256.slice(0, 12)}`,
    model: "inception_v3",
    config: { layer, resize },
    dimensions: layer,
    parameters,
    facts: {},
  };
}
