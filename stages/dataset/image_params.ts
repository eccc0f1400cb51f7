/** What a config may say about a data set of still images. */

import { z } from "zod";
import { resampleFilters } from "../../numerics/resample_weights.ts";
import { fitModes } from "./fit_raster.ts";
import { STANFORD_CARS_HINT } from "./stanford_cars_pictures.ts";

const source = {
  source: z.enum(["emoji", "folder", "cifar10", "stanford_cars"]).default("emoji").describe(
    "emoji: 3,786 Twemoji from an npm package; folder: your own pictures; " +
      "cifar10: 60,000 photos, downloaded unless given; stanford_cars: given with folder",
  ),
  folder: z.string().min(1).optional().describe(
    "Folder in the project, relative to the config: of PNG and JPEG files (folder), of .bin files (cifar10), " +
      "or with cars_train/ and cars_test/ (stanford_cars, which can no longer be downloaded)",
  ),
  archive: z.string().min(1).optional().describe(
    "Path of a copy of cifar-10-binary.tar.gz, instead of the download",
  ),
  name: z.string().min(1).max(80).default("Folder of pictures").describe(
    "Name of a folder's set, for reports",
  ),
};

const picture = {
  size: z.int().min(1).max(4096).default(32).describe("Edge of the square images, in pixels"),
  channels: z.union([z.literal(1), z.literal(3)]).default(3).describe(
    "3 is RGB, 1 is grey (Rec. 601 luma)",
  ),
  resize: z.enum(fitModes).default("crop").describe(
    "stretch: both edges to size; crop: the largest square in the middle; pad: all of the picture, on background",
  ),
  filter: z.enum(resampleFilters).default("bilinear").describe(
    "Resampling filter, antialiased as Pillow's",
  ),
  background: z.string().regex(/^#[0-9a-f]{6}$/).default("#ffffff").describe(
    "sRGB colour behind transparent and around padded pictures",
  ),
  labels: z.boolean().default(true).describe(
    "Keep the classes: categories of emoji, classes of CIFAR-10, sub-folders of a folder",
  ),
  broken: z.enum(["fail", "skip"]).default("fail").describe(
    "skip: leave out pictures that cannot be read, and name them in a warning",
  ),
};

const splitting = {
  split: z.enum(["share", "folders"]).default("share").describe(
    "How a folder is split: by shares, or as its train/, validation/ and test/ say",
  ),
  merge: z.boolean().default(false).describe(
    "Train on Stanford Cars' test pictures too: no test images are left",
  ),
  validation: z.number().min(0).max(0.9).default(0.1).describe(
    "Share of validation images; of the training images where the test images are given",
  ),
  test: z.number().min(0).max(0.9).default(0.1).describe(
    "Share of test images, where the source does not give them",
  ),
  splitSeed: z.int().min(0).default(1).describe(
    "Seed of the splits; the run's seed does not touch them, so that runs compare",
  ),
  limit: z.int().positive().optional().describe(
    "Largest number of images of each split: a seeded choice",
  ),
};

export const imageParams = z.strictObject({ ...source, ...picture, ...splitting })
  .superRefine((value, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const only = (path: keyof typeof value, sources: readonly string[], isUsed: boolean) => {
      if (isUsed && !sources.includes(value.source)) {
        refuse(path, `${path} is for source ${sources.join(" or ")}, not "${value.source}"`);
      }
    };
    only("folder", ["folder", "cifar10", "stanford_cars"], value.folder !== undefined);
    only("archive", ["cifar10"], value.archive !== undefined);
    only("split", ["folder"], value.split !== "share");
    only("merge", ["stanford_cars"], value.merge);
    if (value.folder !== undefined && value.archive !== undefined) {
      refuse("archive", "Give folder or archive, not both");
    }
    if (value.source === "folder" && value.folder === undefined) {
      refuse("source", "Source folder needs the parameter folder");
    }
    if (value.source === "stanford_cars" && value.folder === undefined) {
      refuse(
        "source",
        `Source stanford_cars needs the parameter folder: ${STANFORD_CARS_HINT}`,
      );
    }
    if (value.validation + value.test >= 1) {
      refuse("test", "The shares of validation and test must be below 1 together");
    }
  });

export type ImageParams = z.output<typeof imageParams>;
