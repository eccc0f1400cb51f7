/** Statistics of features that another tool published. */

import { z } from "zod";
import { readStatistics } from "../../artifacts/feature_stats.ts";
import { defineStage } from "../../pipelines/stage.ts";

const params = z.strictObject({
  file: z.string().min(1).describe(
    "Path of a .npz file with mu and sigma, as pytorch-fid, TTUR and guided-diffusion write it",
  ),
  extractor: z.string().min(1).describe(
    "The network that made them, with its layer and how it resizes, for labels and records",
  ),
  count: z.int().min(2).optional().describe(
    "Images they are of; required unless the file says so in n, as this project's do",
  ),
});

/**
 * Reads mean and covariance of a .npz file and checks that they can be such.
 *
 * Nothing in the file says which network made it: a Fréchet distance to features of another one is a number
 * without meaning, so `extractor` has to.
 */
export const featureStats = defineStage({
  id: "dataset/feature_stats",
  version: 1,
  summary: "Read statistics of features (mu and sigma) from a .npz file of another tool",
  params,
  files: ["file"],
  inputs: {},
  outputs: { stats: "feature_stats" },
  async run({ params: { file, extractor, count }, openFile }) {
    const { count: written, ...gaussian } = readStatistics(await openFile(file));
    if (written !== undefined && count !== undefined && written !== count) {
      throw new Error(
        `Cannot use "${file}": its statistics are of ${written} images, but count is ${count}`,
      );
    }
    const images = written ?? count;
    if (images === undefined) {
      throw new Error(
        `Cannot use "${file}": it does not say of how many images its statistics are; set count`,
      );
    }
    return { stats: { ...gaussian, count: images, extractor } };
  },
});
