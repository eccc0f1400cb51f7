/** Runs jobs in this process: for tests, and where processes cannot be started. */

import type { ArtifactKindTable } from "../../../artifacts/artifact.ts";
import { openLocalStore } from "../../store/local_store.ts";
import type { Redact } from "../redact.ts";
import type { StageTable } from "../../stage.ts";
import type { Store } from "../../store/store.ts";
import { runJob } from "../worker.ts";
import type { Executor } from "./executor.ts";

export interface InProcessOptions {
  readonly stages: StageTable;
  readonly kinds: ArtifactKindTable;
  /** Of the run; a job that names another one opens that. */
  readonly store: Store;
  readonly redact?: Redact;
}

/** An executor without processes: a crash in native code ends the run, and `kill` only asks. */
export function inProcessExecutor(options: InProcessOptions): Executor {
  return {
    start(job, { emit }) {
      const abort = new AbortController();
      const stop = () => abort.abort(new DOMException("The run was stopped", "AbortError"));
      const isOurs = job.store === options.store.location;
      const store = isOurs ? options.store : openLocalStore(job.store);
      const outcome = runJob(job, { ...options, store, emit, signal: abort.signal });
      return { outcome, stop, kill: stop };
    },
  };
}
