/**
 * What is known of modules: their syntax, and their status when they were read.
 *
 * Only a memory, kept beside the store: without it, or when it is damaged, every module is parsed.
 */

import { z } from "zod";
import { type Digest, digestOf } from "./digest.ts";
import { writeDurably } from "../store/durable_file.ts";
import { clockMs } from "../store/file_clock.ts";
import type { FileStatus } from "../store/file_status.ts";
import { StoreError } from "../store/store.ts";

export interface CodeNote {
  readonly status: FileStatus;
  /** The status was taken long enough after the last change to prove that there was none since. */
  readonly isSettled: boolean;
  /** sha256 of the bytes. */
  readonly content: Digest;
  /** Of what decides results: types, comments and layout left out. */
  readonly digest: Digest;
  /** Specifiers as written. */
  readonly imports: readonly string[];
}

/** By path relative to the root of the modules. */
export type CodeNotes = ReadonlyMap<string, CodeNote>;

/** Remembers modules between runs. */
export interface CodeMemory {
  load(): CodeNotes;
  /** May do nothing. */
  save(notes: CodeNotes): void;
  /** Now by the clock that file times are in; 0 when that is not known, and then nothing is settled. */
  clockMs(): number;
}

export interface CodeMemoryOptions {
  /** Folder of the store. */
  readonly store: string;
  /** Notes are used, but none are written. */
  readonly isReadOnly: boolean;
  /** Folder of the modules: each checkout that uses a store has notes of its own. */
  readonly root: string;
  /** What digests one text in one way; notes of another version are not used. */
  readonly version: string;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z.strictObject({
  version: z.string(),
  modules: z.array(z.tuple([
    z.string(),
    hex,
    hex,
    z.array(z.string()),
    z.tuple([z.number(), z.number(), z.number(), z.number()]),
    z.boolean(),
  ])),
});

export function codeMemory({ store, isReadOnly, root, version }: CodeMemoryOptions): CodeMemory {
  const temporary = `${store}/tmp`;
  const path = `${store}/notes/code/${digestOf(root)}.json`;
  return {
    load: () => decodeCodeNotes(readTextIfThere(path), version),
    save(notes) {
      if (isReadOnly) return;
      try {
        writeDurably(path, encodeCodeNotes(notes, version), { temporary, isFlushed: false });
      } catch (error) {
        // A store that cannot be written still serves.
        if (!(error instanceof StoreError)) throw error;
      }
    },
    clockMs: () => isReadOnly ? 0 : clockMs(temporary),
  };
}

export function encodeCodeNotes(notes: CodeNotes, version: string): Uint8Array {
  const modules = [...notes].map(([path, { status, isSettled, content, digest, imports }]) => {
    const { ino, size, mtimeMs, ctimeMs } = status;
    return [path, content, digest, imports, [ino, size, mtimeMs, ctimeMs], isSettled];
  });
  return new TextEncoder().encode(JSON.stringify({ version, modules }));
}

/** Reads notes; damaged ones, and those of another version, are empty. */
export function decodeCodeNotes(text: string, version: string): CodeNotes {
  const parsed = schema.safeParse(parseOrUndefined(text));
  if (!parsed.success || parsed.data.version !== version) return new Map();
  return new Map(
    parsed.data.modules.map(([path, content, digest, imports, status, isSettled]) => {
      const [ino, size, mtimeMs, ctimeMs] = status;
      return [path, {
        status: { ino, size, mtimeMs, ctimeMs },
        isSettled,
        // The schema has checked what a digest is.
        content: content as Digest,
        digest: digest as Digest,
        imports,
      }];
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

function readTextIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return "";
    }
    throw error;
  }
}
