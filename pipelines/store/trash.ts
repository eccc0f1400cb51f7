/**
 * Deleting in two steps. What goes is renamed into `trash/` first, so that it can come back when it turns
 * out that somebody used it in the meantime.
 */

import { asStoreError, removeIfThere, writeDurably } from "./durable_file.ts";
import { digestOf } from "../key/digest.ts";
import { statusOf } from "./file_status.ts";
import { namesIn } from "./read_if_there.ts";
import type { StoreLayout } from "./store_layout.ts";

/**
 * Renames a file into a folder of the trash, unless it was changed or touched since `mtimeMs`.
 *
 * @returns Whether it is in the trash.
 */
export function trashIfUnused(path: string, mtimeMs: number, bin: string): boolean {
  const target = `${bin}/${binName(path)}`;
  if (statusOf(path)?.mtimeMs !== mtimeMs || !rename(path, target)) return false;
  if (statusOf(target)?.mtimeMs === mtimeMs) return true;
  // Used between the look and the rename. Whoever has put another one there by now has the same.
  if (statusOf(path) === undefined) rename(target, path);
  return false;
}

/** Renames a folder or file into the trash, whatever it is. */
export function trash(path: string, bin: string): boolean {
  return rename(path, `${bin}/${binName(path)}`);
}

/**
 * Brings a blob back that garbage collection took while it was put anew.
 *
 * It is copied rather than renamed: a stage's process may not write in the trash.
 */
export function recoverBlob({ trash, temporary, blob }: StoreLayout, digest: string): boolean {
  const path = blob(digest);
  for (const bin of namesIn(trash)) {
    const trashed = `${trash}/${bin}/${binName(path)}`;
    if (statusOf(trashed) === undefined) continue;
    const bytes = Deno.readFileSync(trashed);
    if (digestOf(bytes) !== digest) continue;
    writeDurably(path, bytes, { temporary, mode: 0o444 });
    return true;
  }
  return statusOf(path) !== undefined;
}

/** Deletes all that is in the trash. */
export function emptyTrash({ trash }: StoreLayout): void {
  try {
    removeIfThere(trash);
  } catch (error) {
    throw asStoreError(error, `empty "${trash}"`);
  }
}

/** `<root>/objects/ab/cdef` -> `objects-ab-cdef`. */
function binName(path: string): string {
  return path.split("/").slice(-3).join("-");
}

function rename(from: string, to: string): boolean {
  try {
    Deno.mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    Deno.renameSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw asStoreError(error, `move "${from}" to the trash`);
  }
}
