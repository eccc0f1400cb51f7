/** A folder of videos, as strips or as numbered frames, as a set of clips. */

import { createHash } from "node:crypto";
import { decodePicture } from "../../artifacts/decode_picture.ts";
import type { Raster } from "../../artifacts/raster.ts";
import type { OpenFolder } from "../../pipelines/stage.ts";
import type { ClipItem, ClipSet } from "./clip_set.ts";
import { cutRaster, cutStrip, measureStrip, type PixelBox } from "./cut_raster.ts";
import { type Fit, fitRaster } from "./fit_raster.ts";
import { pictureLimits, picturesOf } from "./folder_pictures.ts";
import { classesOf, placeOf, warnOfLeaks } from "./folder_places.ts";
import { compareNatural } from "./natural_order.ts";
import { groupNumberedFrames } from "./numbered_frames.ts";
import { type Shares, splitGroups, splitItems } from "./split_groups.ts";

export interface VideoChoice {
  /** `strips`: one file is one video; `frames`: one folder of numbered files is. */
  readonly layout: "strips" | "frames";
  readonly fit: Fit;
  /** Part of each frame that is used, before it is fitted. */
  readonly crop?: PixelBox | undefined;
  readonly name: string;
  readonly labels: boolean;
  /** `share`: by shares; `folders`: videos lie in train/, validation/ (or val/, validate/) and test/. */
  readonly split: "share" | "folders";
  readonly shares: Shares;
  readonly seed: bigint;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

/**
 * The videos of a folder in the natural order of their names. The first sub-folder below the split is the
 * class and gives it its name: labels of folders 0, 1, 3 and 4 are 0, 1, 2 and 3.
 *
 * A video is in one split only; split by shares, so are videos of equal bytes.
 * @throws {Error} When there are none, some have a class and some have none, one is in no split, or frames
 * cannot be ordered.
 */
export async function videosOfFolder(folder: OpenFolder, choice: VideoChoice): Promise<ClipSet> {
  const { layout, split, shares, seed, warn } = choice;
  const pictures = picturesOf(folder, warn);
  const videos = layout === "strips"
    ? [...pictures].sort(compareNatural).map((path) => ({ name: path, paths: [path] }))
    : groupNumberedFrames(pictures).map(({ name, frames }) => ({ name, paths: frames }));
  const names = videos.map(({ name }) => name);
  const places = names.map((name) => placeOf(name, split, "clips"));
  const classes = choice.labels ? classesOf(names, places, "clips") : [];
  const digests = await digestsOf(folder, videos, choice.signal);
  const items = videos.map(({ name, paths }, index) => ({
    name,
    label: Math.max(0, classes.indexOf(places[index]!.folder ?? "")),
    groups: [digests[index]!],
    open: () => layout === "strips" ? openStrip(folder, name, choice) : openFrames(paths),
  }));
  const splits = split === "share"
    ? splitGroups(items, shares, seed)
    : splitItems(items, places.map((place) => place.split ?? "train"), shares, seed);
  warnOfLeaks(splits, digests, { things: "clips", warn });
  return { source: choice.name, ...(classes.length > 0 && { classes }), items, splits };

  function openFrames(paths: readonly string[]): ReturnType<ClipItem["open"]> {
    return Promise.resolve({
      length: paths.length,
      frame: async (index) => fitted(await readRaster(folder, paths[index]!), choice),
    });
  }
}

async function openStrip(
  folder: OpenFolder,
  path: string,
  choice: VideoChoice,
): ReturnType<ClipItem["open"]> {
  const raster = await readRaster(folder, path);
  const strip = measureStrip(raster);
  return {
    length: strip.length,
    frame: (index) => Promise.resolve(fitted(cutStrip(raster, strip, index), choice)),
  };
}

/** Reads one picture within the limits. @throws {Error} When it is broken or larger, naming it. */
export async function readRaster(folder: OpenFolder, path: string): Promise<Raster> {
  try {
    const size = await folder.size(path);
    if (size > pictureLimits.bytes) {
      throw new RangeError(`it must have at most ${pictureLimits.bytes} bytes, but has ${size}`);
    }
    return await decodePicture(await folder.read(path), pictureLimits);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`"${path}": ${reason}`, { cause });
  }
}

function fitted(raster: Raster, { crop, fit }: VideoChoice): Uint8Array {
  const all = { left: 0, top: 0, width: raster.width, height: raster.height };
  return fitRaster(cutRaster(raster, crop ?? all), fit);
}

/** Digest of each video: of the bytes of its files in their order. */
async function digestsOf(
  folder: OpenFolder,
  videos: readonly { readonly paths: readonly string[] }[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const { paths } of videos) {
    signal.throwIfAborted();
    const hash = createHash("sha256");
    for (const path of paths) {
      // A file too large to be read stands for itself; reading it fails later, by name.
      const isReadable = await folder.size(path) <= pictureLimits.bytes;
      hash.update(isReadable ? await folder.read(path) : path);
    }
    digests.push(hash.digest("hex"));
  }
  return digests;
}
