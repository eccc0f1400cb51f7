/** Stanford Cars as a set of pictures, from a folder of the user's. */

import type { OpenFolder } from "../../pipelines/stage.ts";
import { type FolderChoice, readPicture } from "./folder_pictures.ts";
import type { PictureItem, PictureSet } from "./picture_set.ts";
import { type GroupedItem, splitItems, type SplitName } from "./split_groups.ts";

/** What to do, since nobody can download them any more. */
export const STANFORD_CARS_HINT =
  "a folder of the project must hold cars_train/00001.jpg ... (8144 pictures) and cars_test/00001.jpg ... " +
  "(8041 pictures). All of the original addresses at ai.stanford.edu are dead: unpack copies of " +
  "cars_train.tgz (MD5 065e5b463ae28d29e77c1b4b166cfe61) and cars_test.tgz (MD5 " +
  "4ce7ebf6a94d07f1952d94dd34c4d501) there; the devkit is not needed";

export interface CarsChoice extends Pick<FolderChoice, "fit" | "shares" | "seed"> {
  /** Train on the test pictures too. */
  readonly merge: boolean;
}

/**
 * The pictures of cars_train and cars_test, anywhere below the folder, without labels (those are MATLAB
 * files, which training without classes does not need). Validation pictures are a share of the training
 * pictures.
 *
 * Source: Krause et al. 2013, "3D Object Representations for Fine-Grained Categorization".
 * @throws {Error} When there are no training pictures, with what to place where.
 */
export function stanfordCarsPictures(
  folder: OpenFolder,
  { fit, shares, seed, merge }: CarsChoice,
): PictureSet {
  const items: (PictureItem & GroupedItem)[] = [];
  const splits: SplitName[] = [];
  for (const path of folder.paths) {
    const part = /(?:^|\/)cars_(train|test)\/[^/]+\.jpe?g$/i.exec(path)?.[1];
    if (part === undefined) continue;
    splits.push(part === "test" && !merge ? "test" : "train");
    const read = () => readPicture(folder, path, fit);
    items.push({ name: path, label: 0, groups: [], read });
  }
  if (!splits.includes("train")) {
    throw new Error(
      `Cannot read Stanford Cars: ${STANFORD_CARS_HINT}; found no training picture among ` +
        `${folder.paths.length} files`,
    );
  }
  const source = merge ? "Stanford Cars, train and test merged" : "Stanford Cars";
  return { source, items, splits: splitItems(items, splits, shares, seed) };
}
