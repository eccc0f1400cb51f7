/** Everything that can happen during a run: one closed union that loggers, the record and tests share. */

import type { MediaRow } from "../artifacts/media.ts";
import type { Progress } from "./stage.ts";

export type StageState = "ran" | "cached" | "failed" | "skipped";

export type Event =
  | { readonly kind: "run-started"; readonly name: string; readonly stages: readonly string[] }
  | { readonly kind: "stage-cached"; readonly stage: string; readonly key: string }
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
  | { readonly kind: "stage-failed"; readonly stage: string; readonly message: string }
  | { readonly kind: "stage-skipped"; readonly stage: string; readonly because: string }
  | {
    readonly kind: "artifact-damaged";
    readonly stage: string;
    readonly port: string;
    readonly message: string;
  }
  | { readonly kind: "run-finished"; readonly status: RunStatus; readonly seconds: number };

export type RunStatus = "succeeded" | "failed" | "interrupted";

export type EventSink = (event: Event) => void;
