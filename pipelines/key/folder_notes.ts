/**
 * What is known of the files of a folder: their digests, and their status when they were read.
 *
 * Only a memory, kept beside the store: without it, or when it is damaged, every file is read.
 */

import { z } from "zod";
import { type Digest, digestOf } from "./digest.ts";
import { writeDurably } from "../store/durable_file.ts";
import { clockMs } from "../store/file_clock.ts";
import type { FileStatus } from "../store/file_status.ts";
import type { FolderMemory } from "./folder_digest.ts";
import { readTextIfThere } from "../store/read_if_there.ts";
import { StoreError } from "../store/store.ts";

export interface FileNote {
  readonly digest: Digest;
  readonly status: FileStatus;
  /** The status was taken long enough after the last change to prove that there was none since. */
  readonly isSettled: boolean;
}

/** By path relative to the folder. */
export type FolderNotes = ReadonlyMap<string, FileNote>;

/** Length of the first line of notes: 64 digits and a line feed. */
const DIGEST_LINE = 65;

const schema = z.array(z.tuple([
  z.string(),
  z.string().regex(/^[0-9a-f]{64}$/),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.boolean(),
]));

/** A memory in the store at `root`. @param isReadOnly Whether notes are used but none are written. */
export function folderMemory(root: string, isReadOnly: boolean): FolderMemory {
  const temporary = `${root}/tmp`;
  const pathOf = (folder: string) => `${root}/notes/folders/${digestOf(folder)}.json`;
  return {
    load: (folder) => decodeFolderNotes(readTextIfThere(pathOf(folder)) ?? ""),
    save(folder, notes) {
      if (isReadOnly) return;
      try {
        writeDurably(pathOf(folder), encodeFolderNotes(notes), { temporary, isFlushed: false });
      } catch (error) {
        // A store that cannot be written still serves.
        if (!(error instanceof StoreError)) throw error;
      }
    },
    clockMs: () => isReadOnly ? 0 : clockMs(temporary),
  };
}

export function encodeFolderNotes(notes: FolderNotes): Uint8Array {
  const rows = [...notes].map(([path, { digest, status, isSettled }]) => {
    return [path, digest, status.ino, status.size, status.mtimeMs, status.ctimeMs, isSettled];
  });
  // With a digest of its own: a wrong digest of a file would be believed, and make a wrong key.
  const text = JSON.stringify(rows);
  return new TextEncoder().encode(`${digestOf(text)}\n${text}`);
}

/** Reads notes; damaged ones are empty. */
export function decodeFolderNotes(text: string): FolderNotes {
  const body = text.slice(DIGEST_LINE);
  if (text.slice(0, DIGEST_LINE) !== `${digestOf(body)}\n`) return new Map();
  const parsed = schema.safeParse(parseOrUndefined(body));
  if (!parsed.success) return new Map();
  return new Map(
    parsed.data.map(([path, digest, ino, size, mtimeMs, ctimeMs, isSettled]) => {
      const status = { ino, size, mtimeMs, ctimeMs };
      // The schema has checked what a digest is.
      return [path, { digest: digest as Digest, status, isSettled }];
    }),
  );
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
