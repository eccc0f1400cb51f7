/** A folder of PNG and JPEG files as a set of pictures. */

import { createHash } from "node:crypto";
import { decodePicture } from "../../artifacts/decode_picture.ts";
import type { OpenFolder } from "../../pipelines/stage.ts";
import { type Fit, fitRaster } from "./fit_raster.ts";
import { classesOf, placeOf, warnOfLeaks } from "./folder_places.ts";
import type { PictureItem, PictureSet } from "./picture_set.ts";
import { type Shares, splitGroups, splitItems } from "./split_groups.ts";

export interface FolderChoice {
  readonly fit: Fit;
  /** Name of the set: not the folder's, which is in no cache key. */
  readonly name: string;
  /** `share`: by shares; `folders`: pictures lie in train/, validation/ (or val/) and test/. */
  readonly split: "share" | "folders";
  readonly shares: Shares;
  readonly seed: bigint;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

/** What one picture may cost before it is decoded. */
export const pictureLimits = { bytes: 2 ** 26, pixels: 50_000_000 } as const;

/**
 * The pictures of a folder in the order of their paths. The first sub-folder below the split is the class;
 * pictures in no sub-folder have none.
 *
 * Split by shares, files with equal bytes are in one split. Split by folders, a missing validation/ is taken
 * from train/ by its share.
 * @throws {Error} When there are no pictures, some have a class and some have none, or one is in no split.
 */
export async function folderPictures(
  folder: OpenFolder,
  choice: FolderChoice,
): Promise<PictureSet> {
  const { name, split, shares, seed, warn } = choice;
  const paths = picturesOf(folder, warn);
  const places = paths.map((path) => placeOf(path, split, "pictures"));
  const classes = classesOf(paths, places, "pictures");
  const digests = await digestsOf(folder, paths, choice.signal);
  const items = paths.map((path, index): PictureItem & { readonly groups: readonly string[] } => ({
    name: path,
    label: Math.max(0, classes.indexOf(places[index]!.folder ?? "")),
    groups: digests[index] === undefined ? [] : [digests[index]],
    read: () => readPicture(folder, path, choice.fit),
  }));
  const fixed = places.map(({ split }) => split);
  const splits = split === "share"
    ? splitGroups(items, shares, seed)
    : splitItems(items, fixed.map((own) => own ?? "train"), shares, seed);
  warnOfLeaks(splits, digests, { things: "pictures", warn });
  return { source: name, ...(classes.length > 0 && { classes }), items, splits };
}

/** Reads one picture. @throws {Error} When it is broken or larger than the limits. */
export async function readPicture(folder: OpenFolder, path: string, fit: Fit): Promise<Uint8Array> {
  const size = await folder.size(path);
  if (size > pictureLimits.bytes) {
    throw new Error(`it must have at most ${pictureLimits.bytes} bytes, but has ${size}`);
  }
  return fitRaster(await decodePicture(await folder.read(path), pictureLimits), fit);
}

/** Paths of pictures, by their endings. */
export function picturesOf(
  folder: OpenFolder,
  warn: (message: string) => void,
): readonly string[] {
  const paths = folder.paths.filter((path) => /\.(png|jpe?g)$/i.test(path));
  const others = folder.paths.length - paths.length;
  if (paths.length === 0) {
    throw new Error(
      "Cannot read pictures: the folder must hold files that end in .png, .jpg or .jpeg, but of its " +
        `${others} files none does`,
    );
  }
  if (others > 0) warn(`Left out ${others} files that do not end in .png, .jpg or .jpeg`);
  return paths;
}

/** Digest of each file; undefined for one that is too large to be read. */
async function digestsOf(
  folder: OpenFolder,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const digests: (string | undefined)[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const isReadable = await folder.size(path) <= pictureLimits.bytes;
    const bytes = isReadable ? await folder.read(path) : undefined;
    digests.push(bytes && createHash("sha256").update(bytes).digest("hex"));
  }
  return digests;
}
