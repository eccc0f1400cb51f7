/**
 * What garbage collection starts from: folders of runs and lock files of all projects that use a store.
 *
 * What they name is found by its look, 64 hexadecimal digits: that finds the keys and digests in records
 * of any version, in damaged ones, and on both sides of a conflict. At worst too much is kept.
 */

import { z } from "zod";
import { digestOf } from "../key/digest.ts";
import { asStoreError, writeDurably } from "./durable_file.ts";
import { statusOf } from "./file_status.ts";
import { namesIn, readTextIfThere } from "./read_if_there.ts";
import { StoreError } from "./store.ts";
import type { StoreLayout } from "./store_layout.ts";
import { touch } from "./touch.ts";

export interface Root {
  /** Absolute path of a folder of runs or of a lock file. */
  readonly path: string;
  /**
   * "gone": deleted, its folder is still there. "unreachable": perhaps a disk that is not mounted.
   * "damaged": the store's note of it is, and `path` is that of the note.
   */
  readonly state: "there" | "gone" | "unreachable" | "damaged";
  /** When a run used it last, or garbage collection saw it; ms since 1970. */
  readonly seenMs: number;
  /** File of the store that remembers it. */
  readonly note: string;
}

const schema = z.strictObject({ path: z.string().startsWith("/") });

/** Remembers a folder of runs or a lock file. A store that cannot be written remembers nothing. */
export function addRoot(layout: StoreLayout, path: string): void {
  if (!path.startsWith("/")) throw new TypeError(`Cannot add root "${path}": it must be absolute`);
  const note = noteOf(layout, path);
  try {
    const text = `${JSON.stringify({ path })}\n`;
    // A damaged one is written again.
    if (readTextIfThere(note) === text && touch(note, Date.now())) return;
    writeDurably(note, new TextEncoder().encode(text), { temporary: layout.temporary });
  } catch (error) {
    if (!(asStoreError(error, "") instanceof StoreError)) throw error;
  }
}

/** Forgets a root. @returns Whether there was one. */
export function forgetRoot(layout: StoreLayout, path: string): boolean {
  const note = noteOf(layout, path);
  if (readTextIfThere(note) === undefined) return false;
  Deno.removeSync(note);
  return true;
}

/** All roots, by path. */
export function readRoots({ roots }: StoreLayout): readonly Root[] {
  return namesIn(roots).flatMap((name) => {
    const note = `${roots}/${name}`;
    const text = readTextIfThere(note);
    if (text === undefined) return [];
    const path = pathIn(text);
    const seenMs = statusOf(note)?.mtimeMs ?? 0;
    // The note of another path would be as wrong as one that cannot be read.
    const isWhole = path !== undefined && note === `${roots}/${digestOf(path)}.json`;
    return isWhole
      ? [{ path, state: stateOf(path), seenMs, note }]
      : [{ path: note, state: "damaged" as const, seenMs, note }];
  }).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every key and digest that a root names. @throws {Error} When something there cannot be read. */
export function namesOfRoot(path: string): ReadonlySet<string> {
  const names = new Set<string>();
  const { isDirectory } = Deno.statSync(path);
  const files = isDirectory ? recordsIn(path) : [path];
  for (const file of files) {
    try {
      addNames(file, names);
    } catch (error) {
      // Somebody deletes a run at this moment; the other runs are there.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return names;
}

/** In pieces: the events of a long run that was killed may be large. */
function addNames(path: string, names: Set<string>): void {
  const status = statusOf(path);
  if (status === undefined) return;
  using file = Deno.openSync(path, { read: true });
  const decoder = new TextDecoder("latin1");
  const piece = new Uint8Array(Math.min(PIECE_BYTES, status.size + 1));
  let rest = "";
  for (let count = file.readSync(piece); count !== null; count = file.readSync(piece)) {
    const text = rest + decoder.decode(piece.subarray(0, count));
    for (const [hex] of text.matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g)) names.add(hex);
    // One that is cut has at most 64 digits so far, and a character before them.
    rest = text.slice(-65);
  }
}

const PIECE_BYTES = 2 ** 20;

/** The record of each run; of one that has not ended, or was killed, its events. */
function recordsIn(runs: string): string[] {
  return namesIn(runs).flatMap((name) => {
    const folder = `${runs}/${name}`;
    // `latest` is a link to one of the others, and the rest is no run.
    if (!isFolder(folder)) return [];
    return statusOf(`${folder}/run.json`) === undefined
      ? [`${folder}/events.ndjson`]
      : [`${folder}/run.json`];
  });
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function noteOf({ roots }: StoreLayout, path: string): string {
  return `${roots}/${digestOf(path)}.json`;
}

function pathIn(text: string): string | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.path : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function stateOf(path: string): Root["state"] {
  if (exists(path)) return "there";
  return exists(path.slice(0, path.lastIndexOf("/")) || "/") ? "gone" : "unreachable";
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
