/** What became of a stage in a run. */

import type { FailureCause, StageState } from "../event.ts";
import type { PlannedStage } from "../plan/plan.ts";
import type { RetryCause } from "./retry.ts";
import type { StageRecord } from "../run_record.ts";
import type { Action } from "../store/store.ts";

export interface StageResult {
  readonly record: StageRecord;
  /** What is in the store, unless the stage failed or was skipped. */
  readonly action?: Action;
}

export interface ResultFacts {
  /** Empty when an input failed and none could be computed. */
  readonly key: string;
  readonly state: StageState;
  /** Time this run spent on the stage. */
  readonly seconds: number;
  readonly action?: Action;
  readonly message?: string;
  readonly cause?: FailureCause;
  readonly attempts?: number;
  readonly retriedFor?: readonly RetryCause[];
  /** Outputs that were different when it was computed again; absent unless it was. */
  readonly differences?: readonly string[];
}

/** The result of a stage, with all that the record of the run says about it. */
export function stageResult(planned: PlannedStage, facts: ResultFacts): StageResult {
  const { name, stage, params, inputs } = planned;
  const { key, state, seconds, action, differences, ...said } = facts;
  const outputs = Object.entries(action?.outputs ?? {}).map(([port, { kind, digest, bytes }]) => [
    port,
    { kind, digest, bytes },
  ]);
  const { message, cause, attempts, retriedFor = [] } = said;
  const record: StageRecord = {
    name,
    uses: stage.id,
    key,
    state,
    seconds,
    computeSeconds: action === undefined ? 0 : state === "cached" ? action.seconds : seconds,
    outputs: Object.fromEntries(outputs),
    inputs: Object.fromEntries([...inputs].map(([port, e]) => [port, `${e.stage}.${e.output}`])),
    params,
    warnings: [...action?.warnings ?? [], ...differences ?? []],
    ...(message !== undefined && { message }),
    ...(cause !== undefined && { cause }),
    ...(attempts !== undefined && { attempts }),
    ...(retriedFor.length > 0 && { retriedFor }),
    ...(differences !== undefined && { isDeterministic: differences.length === 0 }),
  };
  return action === undefined ? { record } : { record, action };
}

/** The record of a stage that never got so far as to have a key. */
export function skippedStage(planned: PlannedStage, because: string): StageResult {
  const message = `Skipped, because ${because}`;
  return stageResult(planned, { key: "", state: "skipped", seconds: 0, message });
}
