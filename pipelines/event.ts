/** Everything that can happen during a run: one closed union that loggers, the record and tests share. */

import type { MediaRow } from "../artifacts/media.ts";
import type { RetryCause } from "./run/retry.ts";
import type { Progress } from "./stage.ts";

export type StageState = "ran" | "cached" | "failed" | "skipped";

export type Event =
  | { readonly kind: "run-started"; readonly name: string; readonly stages: readonly string[] }
  | {
    readonly kind: "stage-cached";
    readonly stage: string;
    readonly key: string;
    /** The result is of code that was edited since, and `--trust-code` was given. */
    readonly isTrusted?: true;
  }
  | {
    readonly kind: "stage-waiting";
    readonly stage: string;
    readonly key: string;
    readonly holder: string;
  }
  | {
    readonly kind: "stage-started";
    readonly stage: string;
    readonly key: string;
    readonly reason: string;
  }
  | { readonly kind: "stage-resumed"; readonly stage: string; readonly step: number }
  | { readonly kind: "stage-progress"; readonly stage: string; readonly progress: Progress }
  /** A picture of unfinished work was written to `file`, relative to the run's folder. */
  | {
    readonly kind: "stage-preview";
    readonly stage: string;
    readonly step: number;
    readonly file: string;
  } & MediaRow
  | { readonly kind: "stage-warning"; readonly stage: string; readonly message: string }
  /** What the stage or a library under it printed. */
  | { readonly kind: "stage-log"; readonly stage: string; readonly text: string }
  | { readonly kind: "stage-finished"; readonly stage: string; readonly seconds: number }
  /** An attempt did not end well; after a pause comes attempt `attempt` of `of`. */
  | {
    readonly kind: "stage-retrying";
    readonly stage: string;
    readonly cause: RetryCause;
    readonly message: string;
    readonly attempt: number;
    readonly of: number;
    readonly pauseSeconds: number;
  }
  | {
    readonly kind: "stage-failed";
    readonly stage: string;
    readonly cause: FailureCause;
    readonly message: string;
  }
  /** The stage is computed a second time, to compare the bytes. */
  | { readonly kind: "stage-checking"; readonly stage: string }
  | { readonly kind: "stage-skipped"; readonly stage: string; readonly because: string }
  | {
    readonly kind: "artifact-damaged";
    readonly stage: string;
    readonly port: string;
    readonly message: string;
  }
  | { readonly kind: "run-finished"; readonly status: RunStatus; readonly seconds: number };

export type RunStatus = "succeeded" | "failed" | "interrupted";

/**
 * Why a stage failed. Beside what a retry may name: `lease`, another run computed it for too long;
 * `frozen`, its result is not the one of the lock file; `interrupted`, the run was stopped.
 */
export type FailureCause = RetryCause | "lease" | "frozen" | "interrupted";

export type EventSink = (event: Event) => void;
