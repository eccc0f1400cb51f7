/** Writing an artifact of the store into a folder, for tools that know nothing of stores. */

import { asStoreError, removeIfThere, writeDurably } from "./durable_file.ts";
import { namesIn } from "./read_if_there.ts";
import { type Store, type StoredArtifact } from "./store.ts";
import { artifactFiles } from "./stored_artifact.ts";

export interface ExportOptions {
  /** Replace a folder that is not empty; what was in it is gone. */
  readonly isReplacing: boolean;
}

/** A folder that an export must not touch. */
export class ExportRefused extends Error {
  override readonly name = "ExportRefused";
}

/**
 * Writes the files of an artifact into `folder`, an absolute path; every byte is verified.
 *
 * They are written beside it and appear together by a rename: a folder is never half an artifact, and
 * never one mixed with what was there before.
 *
 * @throws {ExportRefused} When the folder is a file, a link, or not empty.
 * @throws {DamagedBlobError} When the store's bytes are not those that were stored.
 */
export async function exportArtifact(
  store: Store,
  artifact: StoredArtifact,
  folder: string,
  { isReplacing }: ExportOptions,
): Promise<void> {
  const before = stateOf(folder);
  requireFree(folder, before, isReplacing);
  const cut = folder.lastIndexOf("/");
  const beside = `${folder.slice(0, cut)}/.${folder.slice(cut + 1)}-${randomName()}`;
  const files = artifactFiles(store, artifact);
  try {
    Deno.mkdirSync(beside, { recursive: true });
    for (const name of files.names) {
      writeDurably(`${beside}/${name}`, await files.read(name), { temporary: beside });
    }
    if (before === "full") swap(beside, folder);
    // A rename replaces an empty folder, and refuses one that was filled in the meantime.
    else Deno.renameSync(beside, folder);
  } catch (error) {
    removeIfThere(beside);
    throw asStoreError(error, `export to "${folder}"`);
  }
}

type FolderState = "absent" | "empty" | "full" | "link" | "file";

function stateOf(path: string): FolderState {
  try {
    const { isSymlink, isDirectory } = Deno.lstatSync(path);
    if (isSymlink) return "link";
    if (!isDirectory) return "file";
    return namesIn(path).length === 0 ? "empty" : "full";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    throw asStoreError(error, `export to "${path}"`);
  }
}

function requireFree(path: string, state: FolderState, isReplacing: boolean): void {
  const refuse = (found: string) => {
    throw new ExportRefused(
      `Cannot export to "${path}": it must be a new or empty folder, ${found}`,
    );
  };
  if (state === "link") refuse("but it is a link");
  if (state === "file") refuse("but it is a file");
  if (state !== "full" || isReplacing) return;
  const [first] = namesIn(path);
  refuse(`but it has "${first}" in it; --replace removes what is there`);
}

/** Puts a folder in the place of another; should that fail, the other is back where it was. */
function swap(folder: string, target: string): void {
  const aside = `${folder}-before`;
  Deno.renameSync(target, aside);
  try {
    Deno.renameSync(folder, target);
  } catch (error) {
    Deno.renameSync(aside, target);
    throw error;
  }
  removeIfThere(aside);
}

function randomName(): string {
  return crypto.randomUUID().slice(0, 8);
}
