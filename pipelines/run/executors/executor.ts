/** The contract of an executor: a way to have a job run. */

import type { Job, JobOutcome, WorkerEvent } from "../job.ts";
import type { StagePermissions } from "../../stage.ts";

export interface ExecutorOptions {
  readonly permissions: StagePermissions;
  readonly emit: (event: WorkerEvent) => void;
  /** Asked when a process has loaded the job's code, before it runs: why it must not, or undefined. */
  readonly refuse?: () => Promise<string | undefined>;
}

/** A job that was started. */
export interface RunningJob {
  /** The process it runs in, when that is not this one. */
  readonly pid?: number;
  /** @throws {StoreError} When the store cannot be written. */
  readonly outcome: Promise<JobOutcome>;
  /** Asks the stage to save a checkpoint and stop. */
  stop(): void;
  /** Ends it now. */
  kill(): void;
}

export interface Executor {
  start(job: Job, options: ExecutorOptions): RunningJob;
}
