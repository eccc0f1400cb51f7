/** A folder of PNG and JPEG files as a set of pictures. */

import { createHash } from "node:crypto";
import { decodePicture } from "../../artifacts/decode_picture.ts";
import type { OpenFolder } from "../../pipelines/stage.ts";
import { type Fit, fitRaster } from "./fit_raster.ts";
import type { PictureItem, PictureSet } from "./picture_set.ts";
import { type Shares, splitGroups, splitItems, type SplitName } from "./split_groups.ts";

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

const splitFolders: Readonly<Record<string, SplitName>> = {
  train: "train",
  validation: "validation",
  val: "validation",
  test: "test",
};

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
  const places = paths.map((path) => placeOf(path, split));
  const classes = classesOf(paths, places);
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
  warnOfLeaks(splits, digests, warn);
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

interface Place {
  readonly split?: SplitName;
  /** The sub-folder that stands for the class. */
  readonly folder?: string;
}

function placeOf(path: string, split: FolderChoice["split"]): Place {
  const folders = path.split("/").slice(0, -1);
  if (split === "share") return folders[0] === undefined ? {} : { folder: folders[0] };
  const [top = "", folder] = folders;
  const own = Object.hasOwn(splitFolders, top) ? splitFolders[top] : undefined;
  if (own === undefined) {
    throw new Error(
      `Cannot split pictures by folders: each must lie in train/, validation/ or test/, but "${path}" does not`,
    );
  }
  return { split: own, ...(folder !== undefined && { folder }) };
}

function classesOf(paths: readonly string[], places: readonly Place[]): readonly string[] {
  const classes = new Set(places.flatMap(({ folder }) => folder ?? []));
  if (classes.size === 0) return [];
  const without = places.findIndex(({ folder }) => folder === undefined);
  if (without >= 0) {
    throw new Error(
      "Cannot label pictures by their folders: all must lie in a sub-folder or none, but " +
        `"${paths[without]}" does not`,
    );
  }
  return [...classes].sort();
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

/** Only folders can part equal files, and then it is for the user to know. */
function warnOfLeaks(
  splits: PictureSet["splits"],
  digests: readonly (string | undefined)[],
  warn: (message: string) => void,
): void {
  const seen = new Set(splits.train.flatMap((index) => digests[index] ?? []));
  const held = [...splits.validation, ...splits.test];
  const leaks = held.filter((index) => seen.has(digests[index] ?? "")).length;
  if (leaks > 0) warn(`${leaks} pictures of validation or test are training pictures too`);
}
