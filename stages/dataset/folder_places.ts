/** What the folders of a path say: its split and its class. */

import type { SplitName } from "./split_groups.ts";

const splitFolders: Readonly<Record<string, SplitName>> = {
  train: "train",
  validation: "validation",
  val: "validation",
  validate: "validation",
  test: "test",
};

export interface Place {
  readonly split?: SplitName;
  /** The sub-folder that stands for the class. */
  readonly folder?: string;
}

/**
 * Split and class of a path. Split by shares, its first folder is the class; split by folders, the first is
 * the split and the second the class.
 * @param things What lies at the paths, in the plural, for errors.
 * @throws {Error} When its first folder is no split although that is asked for.
 */
export function placeOf(path: string, split: "share" | "folders", things: string): Place {
  const folders = path.split("/").slice(0, -1);
  if (split === "share") return folders[0] === undefined ? {} : { folder: folders[0] };
  const [top = "", folder] = folders;
  const own = Object.hasOwn(splitFolders, top) ? splitFolders[top] : undefined;
  if (own === undefined) {
    throw new Error(
      `Cannot split ${things} by folders: each must lie in train/, validation/ or test/, but "${path}" does not`,
    );
  }
  return { split: own, ...(folder !== undefined && { folder }) };
}

/**
 * The classes of a set by name, sorted; none when nothing lies in a sub-folder.
 * @throws {Error} When some have a class and some have none.
 */
export function classesOf(
  paths: readonly string[],
  places: readonly Place[],
  things: string,
): readonly string[] {
  const classes = new Set(places.flatMap(({ folder }) => folder ?? []));
  if (classes.size === 0) return [];
  const without = places.findIndex(({ folder }) => folder === undefined);
  if (without >= 0) {
    throw new Error(
      `Cannot label ${things} by their folders: all must lie in a sub-folder or none, but ` +
        `"${paths[without]}" does not`,
    );
  }
  return [...classes].sort();
}

/**
 * Warns when items of equal bytes are in training and in a held-out split: only folders can part them, and
 * then it is for the user to know.
 * @param digests Of each item; undefined where it could not be read.
 */
export function warnOfLeaks(
  splits: Readonly<Record<SplitName, readonly number[]>>,
  digests: readonly (string | undefined)[],
  { things, warn }: { readonly things: string; readonly warn: (message: string) => void },
): void {
  const seen = new Set(splits.train.flatMap((index) => digests[index] ?? []));
  const held = [...splits.validation, ...splits.test];
  const leaks = held.filter((index) => seen.has(digests[index] ?? "")).length;
  if (leaks > 0) warn(`${leaks} ${things} of validation or test are training ${things} too`);
}
