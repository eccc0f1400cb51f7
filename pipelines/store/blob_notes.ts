/**
 * What is known of the blobs of one action: their status when their bytes were last known to be good.
 *
 * While a blob still has that status, nobody has changed it, so a cached run need not read it again.
 * The notes are only a memory: without them, or when they are damaged, every blob is hashed.
 */

import { z } from "zod";
import { type FileStatus, isSameStatus, isSettled } from "./file_status.ts";

export interface BlobNote {
  readonly status: FileStatus;
  /** The status was taken long enough after the last change to prove that there was none since. */
  readonly isSettled: boolean;
}

/** By digest. */
export type BlobNotes = ReadonlyMap<string, BlobNote>;

const schema = z.record(
  z.string(),
  z.tuple([z.number(), z.number(), z.number(), z.number(), z.boolean()]),
);

export function encodeNotes(notes: BlobNotes): Uint8Array {
  const rows = [...notes].map(([digest, { status, isSettled }]) => [
    digest,
    [status.ino, status.size, status.mtimeMs, status.ctimeMs, isSettled],
  ]);
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(rows)));
}

/** Reads notes; damaged ones are empty. */
export function decodeNotes(text: string): BlobNotes {
  const parsed = schema.safeParse(parseOrUndefined(text));
  if (!parsed.success) return new Map();
  return new Map(
    Object.entries(parsed.data).map(([digest, [ino, size, mtimeMs, ctimeMs, isSettled]]) => [
      digest,
      { status: { ino, size, mtimeMs, ctimeMs }, isSettled },
    ]),
  );
}

/** Whether a blob that has `status` now is still what it was when the note was made. */
export function provesUnchanged(note: BlobNote | undefined, status: FileStatus): boolean {
  return note !== undefined && note.isSettled && isSameStatus(note.status, status);
}

/** A note made at `nowMs`, by the file system's clock, of a blob whose bytes are good. */
export function noteOf(status: FileStatus, nowMs: number): BlobNote {
  return { status, isSettled: isSettled(status, nowMs) };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
