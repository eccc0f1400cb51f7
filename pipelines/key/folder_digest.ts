/** The digest of a folder's content. */

import { type Digest, digestOf, digestOfFile } from "./digest.ts";
import { isSameStatus, isSettled, statusOf } from "../store/file_status.ts";
import type { FileNote, FolderNotes } from "./folder_notes.ts";
import { listFolder } from "./list_folder.ts";

/** Remembers digests of files between runs. */
export interface FolderMemory {
  load(folder: string): FolderNotes;
  /** May do nothing. */
  save(folder: string, notes: FolderNotes): void;
  /** Now by the clock that file times are in; 0 when that is not known, and then nothing is remembered. */
  clockMs(): number;
}

/** Files above this are read in pieces. */
const WHOLE_BYTES = 2 ** 24;

/**
 * sha256 over the sorted relative paths and the digests of their bytes; where the folder lies does not
 * matter. A file that has the status it had when it was last read is not read again.
 *
 * @param folder Real path of a folder in the project.
 * @throws {Error} When the folder cannot be listed; see `listFolder`.
 */
export async function digestOfFolder(
  folder: string,
  projectFolder: string,
  memory?: FolderMemory,
): Promise<Digest> {
  const known = memory?.load(folder) ?? new Map<string, FileNote>();
  const notes = new Map<string, FileNote>();
  // Before any status, so that a change while reading is seen as one later.
  const nowMs = memory?.clockMs() ?? 0;
  const lines: string[] = [];
  let isNew = false;
  for (const { path, absolute } of await listFolder(folder, projectFolder)) {
    const status = statusOf(absolute);
    if (status === undefined) throw new Deno.errors.NotFound(`Cannot read "${path}": it is gone`);
    const note = known.get(path);
    const isProven = note !== undefined && note.isSettled && isSameStatus(note.status, status);
    const digest = isProven ? note.digest : await digestOfAny(absolute, status.size);
    isNew ||= !isProven;
    notes.set(path, isProven ? note : { digest, status, isSettled: isSettled(status, nowMs) });
    lines.push(`${JSON.stringify(path)} ${digest}\n`);
  }
  if (isNew || notes.size !== known.size) memory?.save(folder, notes);
  return digestOf(lines.join(""));
}

/** sha256 of a file. One that has the status it had when it was last read is not read again. */
export async function digestOfKnownFile(path: string, memory?: FolderMemory): Promise<Digest> {
  const nowMs = memory?.clockMs() ?? 0;
  const status = statusOf(path);
  if (status === undefined) return await digestOfFile(path);
  const note = memory?.load(path).get("");
  if (note !== undefined && note.isSettled && isSameStatus(note.status, status)) return note.digest;
  const digest = await digestOfAny(path, status.size);
  memory?.save(path, new Map([["", { digest, status, isSettled: isSettled(status, nowMs) }]]));
  return digest;
}

/** At once where that is cheap: a buffer for pieces costs more than most pictures. */
async function digestOfAny(path: string, size: number): Promise<Digest> {
  return size <= WHOLE_BYTES ? digestOf(Deno.readFileSync(path)) : await digestOfFile(path);
}
