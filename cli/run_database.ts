/** A table of runs in SQLite: `runs/index.sqlite`. Nothing depends on it, so whatever is wrong with it, it goes. */

import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { z } from "zod";
import type { RunRow } from "./run_row.ts";

/** Raised with every change of the table: an older one is made anew. */
const SCHEMA = 1;

/** Two runs that end together wait for each other so long. */
const BUSY_MS = 5000;

/** A file that is no database of this program's, or no whole one. */
export class DamagedIndexError extends Error {
  override readonly name = "DamagedIndexError";
}

/** Which `run.json` a row was made from. */
export interface RunStamp {
  readonly modifiedMs: number;
  readonly bytes: number;
}

export interface RunFilter {
  /** A part of the pipeline's name. */
  readonly name?: string;
  readonly status?: string;
  /** Not before. */
  readonly since?: Date;
  /** The newest so many. */
  readonly limit?: number;
}

export class RunDatabase {
  readonly #database: DatabaseSync;

  /**
   * @param path A file, or ":memory:".
   * @throws {DamagedIndexError} When the file is no index of this version, or damaged.
   * @throws {Error} When it cannot be opened or written.
   */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      this.#prepare(path);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  /** Adds a run, or replaces what was said of it. */
  put(row: RunRow, { modifiedMs, bytes }: RunStamp): void {
    const { folder, time, name, status, seconds, ran, cached, failed, skipped, score } = row;
    this.#run(
      "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ...[folder, time, name, status, seconds, ran, cached, failed, skipped],
      ...[score === undefined ? null : JSON.stringify(score), modifiedMs, bytes],
    );
  }

  remove(folder: string): void {
    this.#run("DELETE FROM runs WHERE folder = ?", folder);
  }

  /** What each row was made from, by folder. */
  stamps(): ReadonlyMap<string, RunStamp> {
    const rows = this.#all("SELECT folder, modifiedMs, bytes FROM runs").map((row) =>
      stampSchema.parse(row)
    );
    return new Map(rows.map(({ folder, ...stamp }) => [folder, stamp]));
  }

  /** Newest first. */
  list({ name, status, since, limit }: RunFilter): readonly RunRow[] {
    const rows = this.#all(
      `SELECT * FROM runs
        WHERE (?1 IS NULL OR instr(name, ?1) > 0) AND (?2 IS NULL OR status = ?2)
          AND (?3 IS NULL OR time >= ?3)
        ORDER BY time DESC, folder DESC LIMIT ?4`,
      ...[name ?? null, status ?? null, since?.toISOString() ?? null, limit ?? -1],
    );
    return rows.map((row) => {
      const { modifiedMs: _, bytes: __, score, ...rest } = rowSchema.parse(row);
      return { ...rest, score: score === null ? undefined : scoreSchema.parse(JSON.parse(score)) };
    });
  }

  /** All changes or none, and one wait for the disk. */
  inOneGo(change: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      change();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #prepare(path: string): void {
    // One statement: between two, another run may make the table.
    const [form] = this.#all(
      `SELECT (SELECT user_version FROM pragma_user_version) AS version,
        (SELECT count(*) FROM sqlite_master) AS tables`,
    );
    const { version, tables } = formSchema.parse(form);
    if (version === SCHEMA && tables > 0) {
      const [check] = this.#all("PRAGMA quick_check(1)");
      if (check?.["quick_check"] === "ok") return;
      throw new DamagedIndexError(`"${path}" is damaged`);
    }
    if (tables > 0) throw new DamagedIndexError(`"${path}" has form ${version}, not ${SCHEMA}`);
    this.inOneGo(() => this.#database.exec(TABLE));
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    naming(() => this.#database.prepare(sql).run(...values));
  }

  #all(sql: string, ...values: SQLInputValue[]): readonly Record<string, unknown>[] {
    return naming(() => this.#database.prepare(sql).all(...values));
  }
}

// Another run may make the table in the same moment.
const TABLE = `
  CREATE TABLE IF NOT EXISTS runs (
    folder TEXT PRIMARY KEY, time TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    seconds REAL NOT NULL, ran INTEGER NOT NULL, cached INTEGER NOT NULL, failed INTEGER NOT NULL,
    skipped INTEGER NOT NULL, score TEXT, modifiedMs REAL NOT NULL, bytes INTEGER NOT NULL
  ) STRICT;
  PRAGMA user_version = ${SCHEMA};
`;

const formSchema = z.object({ version: z.number(), tables: z.number() });
const stampSchema = z.object({ folder: z.string(), modifiedMs: z.number(), bytes: z.number() });

const scoreSchema = z.object({
  metric: z.string(),
  of: z.string(),
  value: z.number(),
  unit: z.string(),
  bestOf: z.number(),
});

const rowSchema = z.object({
  folder: z.string(),
  time: z.string(),
  name: z.string(),
  status: z.enum(["succeeded", "failed", "interrupted"]),
  seconds: z.number(),
  ran: z.number(),
  cached: z.number(),
  failed: z.number(),
  skipped: z.number(),
  score: z.string().nullable(),
  modifiedMs: z.number(),
  bytes: z.number(),
});

/** Tells damage, SQLite's SQLITE_CORRUPT and SQLITE_NOTADB, from all else that can go wrong. */
function naming<Value>(use: () => Value): Value {
  try {
    return use();
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
    if (error instanceof Error && (code === 11 || code === 26)) {
      throw new DamagedIndexError(error.message);
    }
    throw error;
  }
}
