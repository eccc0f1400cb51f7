/** The list of runs, as an index that follows the run folders and can be lost at any time. */

import { basename } from "node:path";
import { parseRunRecord } from "../pipelines/parse_run_record.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { runFolders } from "./find_run.ts";
import { DamagedIndexError, RunDatabase, type RunStamp } from "./run_database.ts";
import { runRow } from "./run_row.ts";

export interface OpenIndex {
  readonly database: RunDatabase;
  /** What a person should know: the index was made anew, a record cannot be read. */
  readonly warnings: readonly string[];
}

/**
 * Opens the index of a folder of runs and brings it up to date with what lies there. It is made anew when it
 * is missing, damaged, of another form, or when `rebuild` asks for it; where it cannot be written it lives
 * in memory.
 */
export function openRunIndex(runs: string, rebuild: boolean): OpenIndex {
  const warnings: string[] = [];
  // Nothing is made where there are no runs.
  if (runFolders(runs).length === 0) return openAndFollow(":memory:", runs, warnings);
  try {
    if (rebuild) removeIndex(runs);
    return openAndFollow(fileOf(runs), runs, warnings);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof DamagedIndexError)) return openInMemory(runs);
    warnings.push(`The index of runs is made anew: ${error.message}`);
  }
  try {
    removeIndex(runs);
    return openAndFollow(fileOf(runs), runs, warnings);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return openInMemory(runs);
  }
}

/** For a folder of someone else's, a full disk, a program without permission: the list is the same. */
function openInMemory(runs: string): OpenIndex {
  return openAndFollow(":memory:", runs, []);
}

function openAndFollow(path: string, runs: string, warnings: readonly string[]): OpenIndex {
  const database = new RunDatabase(path);
  try {
    return { database, warnings: [...warnings, ...follow(database, runs)] };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Adds a run that has just ended.
 *
 * @returns What went wrong, as a warning: a run never fails for it.
 */
export function indexRun(folder: string, record: RunRecord): string | undefined {
  const runs = folder.slice(0, -basename(folder).length - 1);
  try {
    const stamp = stampOf(`${folder}/run.json`);
    if (stamp === undefined) return undefined;
    const database = openFile(runs);
    try {
      database.put(runRow(basename(folder), record, new Date(stamp.modifiedMs)), stamp);
    } finally {
      database.close();
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `The run is not in the list of runs: ${error.message}`;
  }
}

const fileOf = (runs: string) => `${runs}/index.sqlite`;

/** A file that can be used, made anew if need be. @throws {Error} When it cannot be written. */
function openFile(runs: string): RunDatabase {
  try {
    return new RunDatabase(fileOf(runs));
  } catch (error) {
    if (!(error instanceof DamagedIndexError)) throw error;
    removeIndex(runs);
    return new RunDatabase(fileOf(runs));
  }
}

/** Reads what is new or changed since, and forgets what is gone; returns warnings. */
function follow(database: RunDatabase, runs: string): readonly string[] {
  const warnings: string[] = [];
  const known = database.stamps();
  const folders = new Set(runFolders(runs));
  const gone = [...known.keys()].filter((folder) => !folders.has(folder));
  const fresh = [...folders].flatMap((folder) => {
    const stamp = stampOf(`${runs}/${folder}/run.json`);
    if (stamp === undefined) {
      warnings.push(`${runs}/${folder} has no run.json: the run was killed, or is not over`);
      if (known.has(folder)) gone.push(folder);
      return [];
    }
    const before = known.get(folder);
    const isKnown = before?.modifiedMs === stamp.modifiedMs && before.bytes === stamp.bytes;
    return isKnown ? [] : [{ folder, stamp }];
  });
  const rows = fresh.flatMap(({ folder, stamp }) => {
    try {
      const record = parseRunRecord(Deno.readTextFileSync(`${runs}/${folder}/run.json`));
      return [{ row: runRow(folder, record, new Date(stamp.modifiedMs)), stamp }];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      warnings.push(`${runs}/${folder} is left out: ${error.message}`);
      gone.push(folder);
      return [];
    }
  });
  if (rows.length + gone.length > 0) {
    database.inOneGo(() => {
      for (const folder of gone) database.remove(folder);
      for (const { row, stamp } of rows) database.put(row, stamp);
    });
  }
  return warnings;
}

function stampOf(file: string): RunStamp | undefined {
  try {
    const { mtime, size } = Deno.statSync(file);
    return { modifiedMs: mtime?.getTime() ?? 0, bytes: size };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** With its journals: one that is left over would be played into the next file. */
function removeIndex(runs: string): void {
  for (const end of ["-journal", "-wal", "-shm", ""]) {
    try {
      Deno.removeSync(`${fileOf(runs)}${end}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
