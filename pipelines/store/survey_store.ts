/** Everything that lies in a local store, by what it is. Looks at names, sizes and times; reads records only. */

import { decodeAction } from "./action_record.ts";
import { asStoreError } from "./durable_file.ts";
import { statusOf } from "./file_status.ts";
import { holderOf } from "./lease.ts";
import { requireOwn } from "./prepare_store.ts";
import { namesIn, readTextIfThere } from "./read_if_there.ts";
import type { Action, Holder } from "./store.ts";
import type { StoreLayout } from "./store_layout.ts";

/** A file or folder of the store. */
export interface StoredThing {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** When it, or the newest file in it, was written or used last; ms since 1970, by the file system. */
  readonly usedMs: number;
}

/** What ran once, with its record. */
export interface StoredResult extends StoredThing {
  readonly key: string;
  readonly action: Action;
  /** Digests of all files of its outputs, and of its log. */
  readonly blobs: ReadonlySet<string>;
}

export interface StoredBlob extends StoredThing {
  readonly digest: string;
}

/** Checkpoints of a key. */
export interface StoredCheckpoints extends StoredThing {
  readonly key: string;
}

/** What is only a memory, was left behind, or waits to be deleted. */
export interface Leftover extends StoredThing {
  readonly kind: "temporary" | "corrupt" | "trash" | "drawing" | "note" | "lease";
  /** Of notes and leases. */
  readonly key?: string;
}

export interface StoreSurvey {
  readonly results: readonly StoredResult[];
  /** Records that cannot be believed: nothing is found by them. */
  readonly damagedRecords: readonly StoredThing[];
  readonly blobs: ReadonlyMap<string, StoredBlob>;
  readonly checkpoints: readonly StoredCheckpoints[];
  /** Who computes a key now. */
  readonly holders: ReadonlyMap<string, Holder>;
  readonly leftovers: readonly Leftover[];
}

/** Stands for a key in the lease of who collects garbage. */
export const GARBAGE_KEY = "gc";

const HEX = /^[0-9a-f]{64}$/;

/**
 * Surveys a store that may be in use.
 *
 * Leases come first and records last: work that had a lease is seen by it or by its result, and what
 * begins later is younger than the survey.
 *
 * @throws {StoreError} When a part of it cannot be read.
 */
export async function surveyStore(layout: StoreLayout): Promise<StoreSurvey> {
  try {
    return await survey(layout);
  } catch (error) {
    throw asStoreError(error, `look through the store "${layout.root}"`);
  }
}

async function survey(layout: StoreLayout): Promise<StoreSurvey> {
  requireOwn(layout.root);
  const { holders, left } = await listLeases(layout);
  const contents = surveyContents(layout);
  return { ...contents, holders, leftovers: [...left, ...listLeftovers(layout)] };
}

/** The part of a survey that is worth something. */
export type StoreContents = Omit<StoreSurvey, "holders" | "leftovers">;

/** Surveys what was stored, without asking who computes what. */
export function surveyContents(layout: StoreLayout): StoreContents {
  requireOwn(layout.root);
  const blobs = new Map<string, StoredBlob>();
  for (const [digest, path] of fannedOut(layout.objects, "")) {
    const thing = thingAt(path);
    if (thing !== undefined && HEX.test(digest)) blobs.set(digest, { ...thing, digest });
  }
  const checkpoints = things(`${layout.root}/partial`).map((thing) => ({
    ...thing,
    key: thing.path.slice(thing.path.lastIndexOf("/") + 1),
  }));
  return { ...readRecords(layout), blobs, checkpoints };
}

/** Whether a store is there at all. */
export function isStore({ root }: StoreLayout): boolean {
  return namesIn(root).length > 0;
}

/** Bytes of all these. */
export function bytesOf(all: Iterable<StoredThing>): number {
  let sum = 0;
  for (const { bytes } of all) sum += bytes;
  return sum;
}

function readRecords({ actions }: StoreLayout): Pick<StoreSurvey, "results" | "damagedRecords"> {
  const results: StoredResult[] = [];
  const damagedRecords: StoredThing[] = [];
  for (const [key, path] of fannedOut(actions, ".json")) {
    // The time before the text: what is used in between is seen to have changed later.
    const thing = thingAt(path);
    const text = readTextIfThere(path);
    if (thing === undefined || text === undefined) continue;
    const action = decodeOrUndefined(key, text);
    if (action === undefined) damagedRecords.push(thing);
    else results.push({ ...thing, key, action, blobs: blobsOf(action) });
  }
  return { results, damagedRecords };
}

function decodeOrUndefined(key: string, text: string): Action | undefined {
  try {
    return decodeAction(key, text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function blobsOf({ outputs, log }: Action): ReadonlySet<string> {
  const files = Object.values(outputs).flatMap(({ files }) => files.map(({ sha256 }) => sha256));
  return new Set(log === undefined ? files : [...files, log]);
}

async function listLeases(layout: StoreLayout) {
  const { leases, temporary } = layout;
  const holders = new Map<string, Holder>();
  const left: Leftover[] = [];
  for (const thing of things(leases)) {
    const key = thing.path.slice(leases.length + 1).replace(/\.json$/, "");
    if (key === GARBAGE_KEY) continue;
    const holder = await holderOf({ path: thing.path, temporary });
    if (holder === undefined) left.push({ ...thing, kind: "lease", key });
    else holders.set(key, holder);
  }
  return { holders, left };
}

function listLeftovers(layout: StoreLayout): Leftover[] {
  const { root, temporary, corrupt, trash } = layout;
  const kinds = [
    ["temporary", temporary],
    ["corrupt", corrupt],
    ["trash", trash],
    ["drawing", `${root}/drawings`],
  ] as const;
  const notes = fannedOut(`${root}/notes`, ".json").flatMap(([key, path]): Leftover[] => {
    const thing = thingAt(path);
    return thing === undefined || !HEX.test(key) ? [] : [{ ...thing, kind: "note", key }];
  });
  return [
    ...kinds.flatMap(([kind, folder]) => things(folder).map((thing) => ({ ...thing, kind }))),
    ...notes,
  ];
}

/** `[name, path]` of `<folder>/ab/cdef<suffix>`, as "abcdef". */
function fannedOut(folder: string, suffix: string): (readonly [string, string])[] {
  return namesIn(folder).filter((name) => name.length === 2).flatMap((first) =>
    namesIn(`${folder}/${first}`).filter((name) => name.endsWith(suffix)).map((name) =>
      [first + name.slice(0, name.length - suffix.length), `${folder}/${first}/${name}`] as const
    )
  );
}

function things(folder: string): StoredThing[] {
  return namesIn(folder).flatMap((name) => thingAt(`${folder}/${name}`) ?? []);
}

/** A file, or a folder with all that is in it; undefined when it is gone by now. */
export function thingAt(path: string): StoredThing | undefined {
  const status = statusOf(path);
  if (status !== undefined) return { path, bytes: status.size, usedMs: status.mtimeMs };
  const folder = folderTimeMs(path);
  if (folder === undefined) return undefined;
  const inside = things(path);
  const usedMs = Math.max(folder, ...inside.map(({ usedMs }) => usedMs));
  return { path, bytes: bytesOf(inside), usedMs };
}

function folderTimeMs(path: string): number | undefined {
  try {
    const { isDirectory, mtime } = Deno.lstatSync(path);
    return isDirectory ? mtime?.getTime() ?? 0 : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
