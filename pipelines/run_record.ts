/** The one JSON document a run leaves behind and a report is made from. */

import type { Chart } from "../artifacts/curves.ts";
import type { Score } from "../artifacts/scores.ts";
import type { Json } from "../artifacts/weights.ts";
import type { FailureCause, RunStatus, StageState } from "./event.ts";
import type { RetryCause } from "./run/retry.ts";

export interface OutputRecord {
  readonly kind: string;
  /** sha256 of the content, hex. */
  readonly digest: string;
  readonly bytes: number;
}

export interface StageRecord {
  readonly name: string;
  readonly uses: string;
  /** Of a sweep: values of the variables that make a difference to the stage. */
  readonly point?: Readonly<Record<string, Json>>;
  /** Cache key, hex; empty when an input failed and none could be computed. */
  readonly key: string;
  readonly state: StageState;
  /** Time this run spent on the stage. */
  readonly seconds: number;
  /** Time the result took when it was computed (equals `seconds` unless cached). */
  readonly computeSeconds: number;
  readonly outputs: Readonly<Record<string, OutputRecord>>;
  /** Input port -> "stage.output". */
  readonly inputs: Readonly<Record<string, string>>;
  readonly params: Json;
  readonly warnings: readonly string[];
  /** Why it failed or was skipped. */
  readonly message?: string;
  /** What kind of reason it failed for. */
  readonly cause?: FailureCause;
  /** How often it was begun; absent when this run did not begin it. */
  readonly attempts?: number;
  /** Why each attempt but the last did not end well. */
  readonly retriedFor?: readonly RetryCause[];
  /** Whether a second computation gave the same bytes; absent unless this run tried. */
  readonly isDeterministic?: boolean;
}

/** A picture in the store that the report embeds. */
export interface MediaRecord {
  readonly stage: string;
  readonly name: string;
  readonly type: "image/gif" | "image/png";
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** Digest of the file's bytes in the store. */
  readonly blob: string;
}

/** A picture of unfinished work in the run's folder. */
export interface PreviewRecord {
  readonly stage: string;
  /** The last step that the stage had told. */
  readonly step: number;
  readonly name: string;
  readonly type: "image/gif" | "image/png";
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** Relative to the run's folder. */
  readonly file: string;
}

export interface RunRecord {
  readonly format: 1;
  readonly name: string;
  readonly status: RunStatus;
  readonly seconds: number;
  readonly seed: number;
  /** Resolved config as YAML text. */
  readonly config: string;
  readonly stages: readonly StageRecord[];
  readonly scores: readonly (Score & { readonly stage: string })[];
  readonly charts: readonly (Chart & { readonly stage: string })[];
  readonly media: readonly MediaRecord[];
  /** Of the stages that this run computed, in the order in which they came; each file once. */
  readonly previews: readonly PreviewRecord[];
  /** Versions and machine, for people; nothing here is hashed. */
  readonly provenance: Readonly<Record<string, string>>;
}
