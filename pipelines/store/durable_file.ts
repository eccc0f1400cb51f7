/** Writing files so that a crash at any moment leaves the old file, the new file or none: never a part. */

import { freeBytes } from "./free_space.ts";
import { StoreError } from "./store.ts";

export interface DurableOptions {
  /** Folder for unfinished files; on the same file system as the target. */
  readonly temporary: string;
  /** Permission bits; 0o644 unless given. */
  readonly mode?: number;
  /** Flushed to the disk unless false: a lease means nothing after a power cut. */
  readonly isFlushed?: boolean;
}

/**
 * Writes to a temporary file, flushes it, renames it to `path` and flushes the folder.
 *
 * @throws {StoreError} When the disk is full, read-only or not writable, with the path.
 */
export function writeDurably(path: string, bytes: Uint8Array, options: DurableOptions): void {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const unfinished = `${options.temporary}/${crypto.randomUUID()}`;
  let isBegun = false;
  try {
    Deno.mkdirSync(options.temporary, { recursive: true });
    Deno.mkdirSync(folder, { recursive: true });
    isBegun = true;
    writeNew(unfinished, bytes, options);
    Deno.renameSync(unfinished, path);
    if (options.isFlushed !== false) flushFolder(folder);
  } catch (error) {
    if (isBegun) discard(unfinished);
    // Counted after the part is gone: what there is for another try.
    const free = freeBytes(options.temporary);
    const room = free === undefined ? "" : `, ${free} bytes free`;
    throw asStoreError(error, `write "${path}" (${bytes.length} bytes needed${room})`);
  }
}

/** Turns what the file system refuses into an error that says what was attempted. */
export function asStoreError(error: unknown, attempted: string): unknown {
  const hint = hintOf(error);
  if (hint === undefined || !(error instanceof Error)) return error;
  return new StoreError(`Cannot ${attempted}: ${hint} (${error.message})`, { cause: error });
}

/** Removes a file or a folder with all it holds; that it is gone already is no error. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What went wrong first is what to tell; a part that stays is swept later. */
function discard(path: string): void {
  try {
    removeIfThere(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function writeNew(path: string, bytes: Uint8Array, { mode = 0o644, isFlushed }: DurableOptions) {
  using file = Deno.openSync(path, { write: true, createNew: true, mode });
  for (let offset = 0; offset < bytes.length;) offset += file.writeSync(bytes.subarray(offset));
  if (isFlushed !== false) file.syncSync();
}

/** A rename survives a power cut only once its folder is flushed. */
function flushFolder(folder: string): void {
  using handle = Deno.openSync(folder, { read: true });
  handle.syncSync();
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "this process must be permitted to";
  }
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists) {
    return "the store must be a folder";
  }
  if (error instanceof Deno.errors.IsADirectory) return "a file must be there, not a folder";
  switch (codeOf(error)) {
    case "EROFS":
      return "it must be writable, but its file system is read-only";
    case "ENOSPC":
      return "the disk must have room, but it is full";
    case "EDQUOT":
      return "the disk must have room, but your quota is used up";
    case "EFBIG":
      return "the file is larger than the limit of this process or file system";
    case "EXDEV":
      return "all folders of the store must be on one file system";
    case "EIO":
      return "the disk reports an error";
    default:
      return undefined;
  }
}

/** For errors that Deno gives no code: https://man7.org/linux/man-pages/man3/errno.3.html */
const codes: Readonly<Record<string, string>> = { 27: "EFBIG", 69: "EDQUOT", 122: "EDQUOT" };

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && error.code !== undefined) return error.code;
  return codes[/\(os error (\d+)\)/.exec(error.message)?.[1] ?? ""];
}
