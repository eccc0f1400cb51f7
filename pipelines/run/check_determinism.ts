/** Computing a stage a second time, elsewhere, and comparing the bytes. */

import { linkOrCopy } from "../store/link_or_copy.ts";
import { removeIfThere } from "../store/durable_file.ts";
import type { Job } from "./job.ts";
import { openLocalStore } from "../store/local_store.ts";
import type { StageEnd } from "./run_attempts.ts";
import type { Action, Store, StoredArtifact, StoredFile } from "../store/store.ts";
import { storeLayout } from "../store/store_layout.ts";

/**
 * Runs the job in a store of its own, which holds its inputs and nothing else and is removed afterwards.
 *
 * @returns For each output that differs one sentence, with the first file and byte that do; undefined
 * when the second run was interrupted.
 */
export async function differencesOfRerun(
  job: Job,
  action: Action,
  store: Store,
  run: (job: Job) => Promise<StageEnd>,
): Promise<readonly string[] | undefined> {
  const scratch = `${storeLayout(job.store).temporary}/again-${crypto.randomUUID()}`;
  try {
    for (const { files } of Object.values(job.inputs)) {
      for (const { sha256 } of files) {
        linkOrCopy(storeLayout(job.store).blob(sha256), storeLayout(scratch).blob(sha256));
      }
    }
    const other = openLocalStore(scratch);
    // Nobody else wants it; but taking it makes the folders that a worker may not make itself.
    const lease = await other.tryLease(job.key);
    if ("release" in lease) lease.release();
    const outcome = await run({ ...job, store: scratch });
    if (outcome.kind === "interrupted") return undefined;
    if (outcome.kind !== "done") {
      return [`Not deterministic: a second run failed: ${outcome.message}`];
    }
    const again = await other.lookup(job.key, { stage: job.stage, readOnly: true });
    if (again.state !== "hit") {
      throw new Error(`Internal error: "${job.stage}" left no second result`);
    }
    const differences: string[] = [];
    for (const [port, first] of Object.entries(action.outputs)) {
      const second = again.action.outputs[port];
      if (second?.digest === first.digest) continue;
      const where = await firstDifference({ store, artifact: first }, {
        store: other,
        artifact: second,
      });
      differences.push(`Not deterministic: output "${port}" of a second run differs, ${where}`);
    }
    return differences;
  } finally {
    removeIfThere(scratch);
  }
}

interface Side {
  readonly store: Store;
  readonly artifact: StoredArtifact | undefined;
}

async function firstDifference(first: Side, second: Side): Promise<string> {
  const paths = [first, second].flatMap(({ artifact }) => artifact?.files ?? []).map((f) => f.path);
  for (const path of [...new Set(paths)].sort()) {
    const [before, after] = [fileOf(first, path), fileOf(second, path)];
    if (before === undefined || after === undefined) {
      return `only the ${before === undefined ? "second" : "first"} has the file "${path}"`;
    }
    if (before.sha256 === after.sha256) continue;
    const [a, b] = [
      await first.store.readBlob(before.sha256),
      await second.store.readBlob(after.sha256),
    ];
    const at = firstDifferentByte(a, b);
    const sizes = a.length === b.length ? "" : `, of ${a.length} and ${b.length} bytes`;
    return `first in file "${path}" at byte ${at}${sizes}`;
  }
  return "although all files are equal";
}

function fileOf({ artifact }: Side, path: string): StoredFile | undefined {
  return artifact?.files.find((file) => file.path === path);
}

/** Offset from 0; the length of the shorter one when that is how the longer one begins. */
export function firstDifferentByte(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
