/** The lock file of a run: proved by `--frozen`, written after a good run without it. */

import { dirname, relative, resolve } from "node:path";
import { writeDurably } from "../pipelines/store/durable_file.ts";
import type { KeyContext } from "../pipelines/key/fingerprint.ts";
import { FrozenError, planDifferences, resultDifference } from "../pipelines/run/frozen.ts";
import {
  isLockOf,
  lockedStage,
  LockFileError,
  lockFileText,
  lockPathOf,
  readLockFile,
} from "../pipelines/run/lock_file.ts";
import type { LockFile } from "../pipelines/run/lock_file.ts";
import type { Plan, PlannedStage } from "../pipelines/plan/plan.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { type Action, StoreError } from "../pipelines/store/store.ts";
import type { ConfigArguments, Host } from "./verb.ts";

export interface RunLock {
  /** Absolute path; undefined when this run has none. */
  readonly path: string | undefined;
  /** Sees each result, and says what is wrong with it. */
  inspect(planned: PlannedStage, action: Action): string | undefined;
  /** Writes the file after a good run; a sentence when it cannot. */
  write(record: RunRecord): string | undefined;
}

/** @throws {FrozenError} With `frozen`, when the file is missing, unreadable or not of this plan. */
export async function openLock(
  args: ConfigArguments & { readonly frozen: boolean; readonly trustCode?: boolean },
  plan: Plan,
  keys: KeyContext,
  host: Host,
): Promise<RunLock> {
  const path = resolve(host.folder, lockPathOf(args.config, args.profile));
  const locked = args.frozen ? read(path, host.folder) : undefined;
  const differences = locked === undefined ? [] : await planDifferences(plan, locked, keys);
  if (differences.length > 0) {
    const head = `The config is not that of ${relative(host.folder, path)}:`;
    throw new FrozenError([head, ...differences].join("\n  "));
  }
  // A config with `--set`, or a part of a sweep, is not what the file stands for; nor are results of
  // other code than there is.
  const hasLock = args.set.length === 0 && (args.point ?? []).length === 0 && !args.trustCode;
  const seen = new Map<string, Result>();
  return {
    path: hasLock ? path : undefined,
    inspect(planned, action) {
      if (locked !== undefined) return resultDifference(planned, action, locked);
      if (hasLock) seen.set(planned.name, { planned, action });
    },
    write({ status }) {
      const isDue = !args.frozen && hasLock && status === "succeeded";
      return isDue ? write(path, seen) : undefined;
    },
  };
}

interface Result {
  readonly planned: PlannedStage;
  readonly action: Action;
}

type Seen = ReadonlyMap<string, Result>;

function read(path: string, folder: string): LockFile {
  try {
    return readLockFile(path);
  } catch (error) {
    if (error instanceof LockFileError) throw new FrozenError(error.message);
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const shown = relative(folder, path);
    throw new FrozenError(`Cannot find the lock file ${shown}: a run without --frozen writes it`);
  }
}

function write(path: string, seen: Seen): string | undefined {
  const results = Array.from(seen, ([name, { action: { key, outputs } }]) => {
    const digests = Object.entries(outputs).map(([port, { digest }]) => [port, digest]);
    return [name, { key, outputs: Object.fromEntries(digests) }];
  });
  try {
    // Equal again: a file that is under version control is not touched.
    if (isLockOf(readIfThere(path) ?? "", Object.fromEntries(results))) return undefined;
    const stages = Array.from(seen, ([name, { planned, action }]) => [
      name,
      lockedStage(planned.stage.id, action),
    ]);
    const text = lockFileText(Object.fromEntries(stages));
    writeDurably(path, new TextEncoder().encode(text), { temporary: dirname(path) });
  } catch (error) {
    const isRefused = error instanceof StoreError || error instanceof Deno.errors.NotCapable ||
      error instanceof Deno.errors.PermissionDenied;
    if (!isRefused) throw error;
    return `The lock file was not written: ${error.message}`;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
