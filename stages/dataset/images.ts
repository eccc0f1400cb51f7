/** Still images, made equal in size and split. */

import { createHash } from "node:crypto";
import { defineStage, type StageContext } from "../../pipelines/stage.ts";
import {
  cifar10Pictures,
  downloadCifar10,
  filesOfArchive,
  filesOfFolder,
  publishedCifar10,
} from "./cifar10_pictures.ts";
import { emojiPictures } from "./emoji_pictures.ts";
import type { Fit } from "./fit_raster.ts";
import { folderPictures } from "./folder_pictures.ts";
import { type ImageParams, imageParams } from "./image_params.ts";
import { collectImages, type PictureSet } from "./picture_set.ts";
import { stanfordCarsPictures } from "./stanford_cars_pictures.ts";

/**
 * Still images from one of several sources as training, validation and test images.
 *
 * The run's seed has no part in it, so runs with different seeds compare on the same images.
 */
export const images = defineStage({
  id: "dataset/images",
  version: 1,
  summary: "Read still images as training, validation and test images of one size",
  params: imageParams,
  files: ["archive"],
  folders: ["folder"],
  inputs: {},
  outputs: { train: "images", validation: "images", test: "images" },
  permissions: { net: ["www.cs.toronto.edu"] },
  async run(context) {
    const { params, signal, progress, warn } = context;
    const { size, channels, limit, broken } = params;
    const { classes, ...set } = await pictures(context);
    return await collectImages({ ...set, ...(params.labels && classes && { classes }) }, {
      size,
      channels,
      ...(limit !== undefined && { limit }),
      seed: BigInt(params.splitSeed),
      broken,
      signal,
      progress,
      warn,
    });
  },
});

type Context = StageContext<ImageParams, Readonly<Record<never, never>>>;

async function pictures(context: Context): Promise<PictureSet> {
  const { params, signal, warn, openFolder } = context;
  const fit = fitOf(params);
  const seed = BigInt(params.splitSeed);
  const shares = { validation: params.validation, test: params.test };
  const open = () => openFolder(params.folder ?? "");
  switch (params.source) {
    case "emoji":
      return await emojiPictures(fit, { shares, seed }, signal);
    case "folder":
      return await folderPictures(await open(), { ...params, fit, shares, seed, signal, warn });
    case "cifar10":
      return await cifar10Pictures(await cifar10Files(context), fit, { shares, seed });
    case "stanford_cars":
      return stanfordCarsPictures(await open(), { ...params, fit, shares, seed });
    default:
      return params.source satisfies never;
  }
}

async function cifar10Files(context: Context) {
  const { params, warn, openFile, openFolder } = context;
  if (params.folder !== undefined) return filesOfFolder(await openFolder(params.folder));
  if (params.archive === undefined) return filesOfArchive(await downloadCifar10(context));
  const archive = await openFile(params.archive);
  const { algorithm, hex } = publishedCifar10.digest;
  const found = createHash(algorithm).update(archive).digest("hex");
  if (found !== hex) {
    warn(`"${params.archive}" is not the published archive: its MD5 is ${found}, not ${hex}`);
  }
  return filesOfArchive(archive);
}

function fitOf({ size, channels, resize, filter, background }: ImageParams): Fit {
  const part = (at: number) => Number.parseInt(background.slice(at, at + 2), 16);
  return { size, channels, mode: resize, filter, background: [part(1), part(3), part(5)] };
}
