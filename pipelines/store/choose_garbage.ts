/** What may go from a store, and what goes: pure, so that every rule can be tested by itself. */

import { ABANDONED_MS } from "./prepare_store.ts";
import {
  bytesOf,
  type Leftover,
  type StoredBlob,
  type StoredCheckpoints,
  type StoredResult,
  type StoredThing,
  type StoreSurvey,
} from "./survey_store.ts";

export interface GarbageRules {
  /** By the file system's clock. */
  readonly nowMs: number;
  /** What was written or used within this time stays. */
  readonly graceMs: number;
  /** Keys and digests that roots name. */
  readonly marks: ReadonlySet<string>;
  /** Results that no root names stay, because not every root can be read. */
  readonly keepsUnrooted: boolean;
  /** What was used longer ago goes, whoever names it; what was not stays. */
  readonly maxAgeMs?: number;
  /** Goes on, from the one used longest ago, until the store is no larger. */
  readonly maxBytes?: number;
}

/**
 * How a result or a checkpoint stands: "leased" is being computed, "young" was used within the grace
 * time or during work that goes on, "rooted" is named by a run or a lock file.
 */
export type Standing = "leased" | "young" | "rooted" | "unrooted";

export interface Garbage {
  readonly results: readonly StoredResult[];
  readonly checkpoints: readonly StoredCheckpoints[];
  readonly blobs: readonly StoredBlob[];
  readonly damagedRecords: readonly StoredThing[];
  readonly leftovers: readonly Leftover[];
}

/** What was used within an hour stays, unless told otherwise. */
export const GRACE_MS = 3_600_000;

/** Unfinished work that nobody continued for so long, and what is kept for a look, such as damaged files. */
const KEPT_MS = 30 * ABANDONED_MS;

/** Clocks of machines that share a store may differ by this much. */
const CLOCK_SKEW_MS = 60_000;

export function chooseGarbage(survey: StoreSurvey, rules: GarbageRules): Garbage {
  const byUse = (a: StoredThing, b: StoredThing) => a.usedMs - b.usedMs;
  const entries = [...survey.results, ...survey.checkpoints].sort(byUse);
  const finished = new Set(survey.results.map(({ key }) => key));
  const standings = new Map(
    entries.map((entry) => [entry, standingOf(entry, survey, rules)] as const),
  );
  const mayGo = entries.filter((entry) => {
    const standing = standings.get(entry);
    return standing === "rooted" || standing === "unrooted";
  });
  const going = new Set<Entry>(mayGo.filter((entry) => {
    if (!isResult(entry) && finished.has(entry.key)) return true;
    return isDue(entry, standings.get(entry) === "rooted", rules);
  }));
  const pick = () => gather(survey, going, rules);
  if (rules.maxBytes === undefined) return pick();
  const inOrder = [
    ...mayGo.filter((entry) => standings.get(entry) === "unrooted"),
    ...mayGo.filter((entry) => standings.get(entry) === "rooted"),
  ];
  let left = surveyBytes(survey) - garbageBytes(pick());
  const users = countUsers(survey, going);
  for (const entry of inOrder) {
    if (left <= rules.maxBytes) break;
    if (going.has(entry)) continue;
    going.add(entry);
    left -= entry.bytes + (isResult(entry) ? releaseBlobs(entry, users, survey, rules) : 0);
  }
  return pick();
}

/** How a result or a checkpoint of a key stands. */
export function standingOf(
  entry: StoredResult | StoredCheckpoints,
  survey: StoreSurvey,
  rules: Pick<GarbageRules, "nowMs" | "graceMs" | "marks">,
): Standing {
  if (survey.holders.has(entry.key)) return "leased";
  if (entry.usedMs >= oldestYoungMs(survey, rules)) return "young";
  const outputs = isResult(entry) ? Object.values(entry.action.outputs) : [];
  const names = [entry.key, ...outputs.map(({ digest }) => digest)];
  return names.some((name) => rules.marks.has(name)) ? "rooted" : "unrooted";
}

/** What goes when these results and checkpoints do: blobs that nobody uses any more, and leftovers. */
export function gather(
  survey: StoreSurvey,
  going: ReadonlySet<StoredResult | StoredCheckpoints>,
  rules: GarbageRules,
): Garbage {
  const results = survey.results.filter((result) => going.has(result));
  const kept = new Set(survey.results.filter((result) => !going.has(result)).map(({ key }) => key));
  const users = countUsers(survey, going);
  const released = new Set(results.flatMap(({ blobs }) => [...blobs]));
  const young = oldestYoungMs(survey, rules);
  const blobs = [...survey.blobs.values()].filter(({ digest, usedMs }) => {
    // A run's record may name a picture of a result that was computed again since.
    const isNamed = rules.marks.has(digest) && !released.has(digest);
    return !users.has(digest) && !isNamed && usedMs < young;
  });
  return {
    results,
    checkpoints: survey.checkpoints.filter((checkpoints) => going.has(checkpoints)),
    blobs,
    damagedRecords: survey.damagedRecords.filter(({ usedMs }) => usedMs < young),
    leftovers: survey.leftovers.filter((each) => isOutlived(each, kept, young, rules)),
  };
}

export function garbageBytes(garbage: Garbage): number {
  return Object.values(garbage).reduce((sum, things) => sum + bytesOf(things), 0);
}

export function surveyBytes(survey: StoreSurvey): number {
  const { results, damagedRecords, blobs, checkpoints, leftovers } = survey;
  return [results, damagedRecords, blobs.values(), checkpoints, leftovers]
    .reduce((sum, things) => sum + bytesOf(things), 0);
}

type Entry = StoredResult | StoredCheckpoints;

function isResult(entry: Entry): entry is StoredResult {
  return "action" in entry;
}

/** What was written or used since stays: for the grace time, and as long as work goes on that may use it. */
function oldestYoungMs(
  { holders }: StoreSurvey,
  { nowMs, graceMs }: Pick<GarbageRules, "nowMs" | "graceMs">,
): number {
  const begun = [...holders.values()].map(({ since }) => Date.parse(since))
    .filter((ms) => Number.isFinite(ms))
    .map((ms) => ms - Math.max(graceMs, CLOCK_SKEW_MS));
  return Math.min(nowMs - graceMs, ...begun);
}

function isDue(entry: Entry, isRooted: boolean, rules: GarbageRules): boolean {
  const ageMs = rules.nowMs - entry.usedMs;
  if (rules.maxAgeMs !== undefined) return ageMs > rules.maxAgeMs;
  if (!isResult(entry) && ageMs > KEPT_MS) return true;
  return rules.maxBytes === undefined && !isRooted && !rules.keepsUnrooted;
}

function isOutlived(
  { kind, key = "", usedMs }: Leftover,
  kept: ReadonlySet<string>,
  young: number,
  { nowMs, maxAgeMs = KEPT_MS }: GarbageRules,
): boolean {
  switch (kind) {
    case "temporary":
      return nowMs - usedMs > ABANDONED_MS;
    case "corrupt":
    case "drawing":
      return nowMs - usedMs > maxAgeMs;
    case "note":
      return !kept.has(key) && usedMs < young;
    case "trash":
    case "lease":
      return true;
    default:
      return kind satisfies never;
  }
}

/** How many of the results that stay use each blob. */
function countUsers(survey: StoreSurvey, going: ReadonlySet<Entry>): Map<string, number> {
  const users = new Map<string, number>();
  for (const result of survey.results) {
    if (going.has(result)) continue;
    for (const digest of result.blobs) users.set(digest, (users.get(digest) ?? 0) + 1);
  }
  return users;
}

/** Bytes of the blobs that nobody uses once `result` is gone. */
function releaseBlobs(
  { blobs }: StoredResult,
  users: Map<string, number>,
  survey: StoreSurvey,
  rules: GarbageRules,
): number {
  const young = oldestYoungMs(survey, rules);
  let bytes = 0;
  for (const digest of blobs) {
    const count = (users.get(digest) ?? 0) - 1;
    users.set(digest, count);
    const blob = survey.blobs.get(digest);
    if (count <= 0 && blob !== undefined && blob.usedMs < young) bytes += blob.bytes;
  }
  return bytes;
}
