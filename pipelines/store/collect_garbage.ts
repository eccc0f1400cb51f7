/**
 * Removes from a local store what nobody needs any more, also while runs use it.
 *
 * Nothing is deleted before it was renamed into `trash/` and nobody had used it in between; a result's
 * record goes before its blobs, so that a killed collection leaves orphans and never a false hit.
 */

import {
  chooseGarbage,
  type Garbage,
  garbageBytes,
  type GarbageRules,
  gather,
  surveyBytes,
} from "./choose_garbage.ts";
import { asStoreError, removeIfThere } from "./durable_file.ts";
import { clockMs } from "./file_clock.ts";
import { tryLease } from "./lease.ts";
import { findMarks, type Marks } from "./marks.ts";
import { prepareStore } from "./prepare_store.ts";
import { readRoots } from "./roots.ts";
import type { Holder, Lease } from "./store.ts";
import { type StoreLayout, storeLayout } from "./store_layout.ts";
import {
  GARBAGE_KEY,
  isStore,
  type StoredThing,
  type StoreSurvey,
  surveyStore,
  thingAt,
} from "./survey_store.ts";
import { touch } from "./touch.ts";
import { emptyTrash, trash, trashIfUnused } from "./trash.ts";

export interface GarbageOptions {
  /** Decide and tell, but change nothing. */
  readonly isDryRun: boolean;
  readonly graceMs: number;
  readonly maxAgeMs?: number;
  readonly maxBytes?: number;
  /** Folders of runs and lock files that count besides those that the store remembers; absolute. */
  readonly roots: readonly string[];
}

export interface GarbageReport {
  readonly removed: Garbage;
  readonly removedBytes: number;
  /** What the store holds afterwards. */
  readonly keptBytes: number;
  readonly kept: { readonly results: number; readonly checkpoints: number };
  /** What a person should know: roots that cannot be read, a limit that cannot be met. */
  readonly notices: readonly string[];
}

/** Somebody else collects already. */
export class GarbageCollectionBusy extends Error {
  override readonly name = "GarbageCollectionBusy";
  constructor({ host, pid, since }: Holder) {
    super(`Cannot collect garbage: process ${pid} on ${host} does, since ${since}`);
  }
}

/**
 * Collects garbage in the store at `root`, an absolute path.
 *
 * @throws {GarbageCollectionBusy} When another process does.
 * @throws {StoreError} When the store cannot be read or changed.
 */
export async function collectGarbage(
  root: string,
  options: GarbageOptions,
): Promise<GarbageReport> {
  const layout = storeLayout(root);
  try {
    return await (options.isDryRun || !isStore(layout) ? decide : decideAlone)(layout, options);
  } catch (error) {
    throw asStoreError(error, `collect garbage in "${root}"`);
  }
}

async function decideAlone(layout: StoreLayout, options: GarbageOptions): Promise<GarbageReport> {
  prepareStore(layout);
  const lease = await tryLease({ path: layout.lease(GARBAGE_KEY), temporary: layout.temporary });
  if (!("release" in lease)) throw new GarbageCollectionBusy(lease);
  try {
    return await decide(layout, options);
  } finally {
    lease.release();
  }
}

async function decide(layout: StoreLayout, options: GarbageOptions): Promise<GarbageReport> {
  // Before looking: what changes from now on is younger than the survey.
  const nowMs = (isStore(layout) ? clockMs(layout.temporary) : 0) || Date.now();
  const survey = await surveyStore(layout);
  const marks = findMarks(layout, options.roots, nowMs);
  const { isDryRun: _, roots: __, ...limits } = options;
  const rules = { ...limits, nowMs, marks: marks.names, keepsUnrooted: !marks.isComplete };
  const chosen = chooseGarbage(survey, rules);
  const removed = options.isDryRun ? chosen : await sweep(layout, survey, chosen, rules);
  return report(survey, removed, marks, options);
}

async function sweep(
  layout: StoreLayout,
  survey: StoreSurvey,
  chosen: Garbage,
  rules: GarbageRules,
): Promise<Garbage> {
  // The time from which a root that cannot be reached any more is missed.
  readRoots(layout).filter(({ state }) => state === "there")
    .forEach(({ note }) => touch(note, rules.nowMs));
  const bin = `${layout.trash}/${crypto.randomUUID()}`;
  const isUnused = ({ path, usedMs }: StoredThing) => trashIfUnused(path, usedMs, bin);
  const results = chosen.results.filter(isUnused);
  const checkpoints = [];
  for (const each of chosen.checkpoints) {
    const isSame = () => thingAt(each.path)?.usedMs === each.usedMs;
    const isTaken = await withLease(
      layout,
      each.key,
      () => isSame() && trash(each.path, bin),
    );
    if (isTaken) checkpoints.push(each);
  }
  // Again, for what was really taken: a result that was used in the meantime keeps its blobs.
  const { blobs, leftovers } = gather(survey, new Set([...results, ...checkpoints]), rules);
  const removed = {
    results,
    checkpoints,
    blobs: blobs.filter(isUnused),
    damagedRecords: chosen.damagedRecords.filter(isUnused),
    leftovers,
  };
  for (const { kind, path, key } of leftovers) {
    if (kind === "lease") await withLease(layout, key ?? "", () => true);
    else if (kind !== "trash") remove(path);
  }
  emptyTrash(layout);
  return removed;
}

/** Does something while nobody else computes the key. @returns False when somebody does. */
async function withLease(
  { lease, temporary }: StoreLayout,
  key: string,
  use: () => boolean,
): Promise<boolean> {
  const taken: Lease | Holder = await tryLease({ path: lease(key), temporary });
  if (!("release" in taken)) return false;
  try {
    return use();
  } finally {
    taken.release();
  }
}

function remove(path: string): void {
  try {
    removeIfThere(path);
  } catch (error) {
    throw asStoreError(error, `remove "${path}"`);
  }
}

function report(
  survey: StoreSurvey,
  removed: Garbage,
  marks: Marks,
  { maxBytes }: GarbageOptions,
): GarbageReport {
  const removedBytes = garbageBytes(removed);
  const keptBytes = surveyBytes(survey) - removedBytes;
  const notices = survey.results.length === 0 ? [] : marks.notices;
  const isOver = maxBytes !== undefined && keptBytes > maxBytes;
  const limit = `The store must have at most ${maxBytes} bytes, but it has ${keptBytes}: ` +
    "the rest is in use, or was used within the grace time";
  return {
    removed,
    removedBytes,
    keptBytes,
    kept: {
      results: survey.results.length - removed.results.length,
      checkpoints: survey.checkpoints.length - removed.checkpoints.length,
    },
    notices: isOver ? [...notices, limit] : notices,
  };
}
