/** What a store holds, counted. */

import { GRACE_MS, standingOf } from "./choose_garbage.ts";
import { clockMs } from "./file_clock.ts";
import { findMarks } from "./marks.ts";
import { storeLayout } from "./store_layout.ts";
import { isStore, type StoredThing, type StoreSurvey, surveyStore } from "./survey_store.ts";

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export interface StoreSize {
  /** Of everything; a file that several results share counts once. */
  readonly bytes: number;
  /** Artifacts by kind; a file that several share counts once, for the kind that comes first. */
  readonly kinds: Readonly<Record<string, Amount>>;
  /** Results by how they stand; a shared file counts for the one that is kept best. */
  readonly results: Readonly<Record<"leased" | "young" | "rooted" | "unrooted", Amount>>;
  /** Files that no result uses. */
  readonly orphans: Amount;
  readonly checkpoints: Amount;
  readonly corrupt: Amount;
  readonly trash: Amount;
  readonly temporary: Amount;
  /** Records that cannot be believed. */
  readonly damagedRecords: Amount;
  /** Who computes what now, by key. */
  readonly leases: Readonly<Record<string, string>>;
  /** About roots that cannot be read. */
  readonly notices: readonly string[];
}

/** Counts the store at `root`, an absolute path. @param roots More roots than it remembers. */
export async function measureStore(root: string, roots: readonly string[]): Promise<StoreSize> {
  const layout = storeLayout(root);
  const survey = await surveyStore(layout);
  const nowMs = (isStore(layout) ? clockMs(layout.temporary) : 0) || Date.now();
  const marks = findMarks(layout, roots, nowMs);
  const rules = { nowMs, graceMs: GRACE_MS, marks: marks.names };
  const counter = new BlobCounter(survey);
  const ranks = ["leased", "young", "rooted", "unrooted"] as const;
  const standings = survey.results.map((result) => {
    return { result, standing: standingOf(result, survey, rules) };
  });
  const results = ranks.map((rank) => {
    const all = standings.filter(({ standing }) => standing === rank).map(({ result }) => result);
    const bytes = amountOf(all).bytes + counter.count(all.flatMap(({ blobs }) => [...blobs]));
    return [rank, { count: all.length, bytes }] as const;
  });
  const leftovers = (wanted: string) =>
    amountOf(survey.leftovers.filter(({ kind }) => kind === wanted));
  const { blobs, checkpoints, damagedRecords } = survey;
  const used = new Set(survey.results.flatMap(({ blobs }) => [...blobs]));
  const all = [survey.results, damagedRecords, [...blobs.values()], checkpoints, survey.leftovers];
  return {
    bytes: all.reduce((sum, things) => sum + amountOf(things).bytes, 0),
    kinds: kindsOf(survey),
    // The list has every standing: its type says so.
    results: Object.fromEntries(results) as StoreSize["results"],
    orphans: amountOf([...blobs.values()].filter(({ digest }) => !used.has(digest))),
    checkpoints: amountOf(checkpoints),
    corrupt: leftovers("corrupt"),
    trash: leftovers("trash"),
    temporary: leftovers("temporary"),
    damagedRecords: amountOf(damagedRecords),
    leases: Object.fromEntries([...survey.holders].map(([key, { host, pid, since }]) => {
      return [key, `process ${pid} on ${host}, since ${since}`];
    })),
    notices: survey.results.length === 0 ? [] : marks.notices,
  };
}

/** Counts each blob for the first who asks. */
class BlobCounter {
  readonly #survey: StoreSurvey;
  readonly #counted = new Set<string>();

  constructor(survey: StoreSurvey) {
    this.#survey = survey;
  }

  count(digests: readonly string[]): number {
    let bytes = 0;
    for (const digest of digests) {
      if (this.#counted.has(digest)) continue;
      this.#counted.add(digest);
      bytes += this.#survey.blobs.get(digest)?.bytes ?? 0;
    }
    return bytes;
  }
}

function kindsOf(survey: StoreSurvey): Readonly<Record<string, Amount>> {
  const counter = new BlobCounter(survey);
  const outputs = survey.results.flatMap(({ action }) => Object.values(action.outputs));
  const unique = new Map(outputs.map((artifact) => [artifact.digest, artifact]));
  const byKind = Map.groupBy([...unique.values()], ({ kind }) => kind);
  const amounts = [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, artifacts]) => {
    const digests = artifacts.flatMap(({ files }) => files.map(({ sha256 }) => sha256));
    return [kind, { count: artifacts.length, bytes: counter.count(digests) }] as const;
  });
  return Object.fromEntries(amounts);
}

function amountOf(things: readonly StoredThing[]): Amount {
  return { count: things.length, bytes: things.reduce((sum, { bytes }) => sum + bytes, 0) };
}
