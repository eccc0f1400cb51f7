/** One stage of a run: found in the store, taken from another run, or computed. */

import type { ArtifactKindTable } from "../artifacts/artifact.ts";
import { toJson } from "./canonical_json.ts";
import type { EventSink, StageState } from "./event.ts";
import type { Executor } from "./executors/executor.ts";
import { type Fingerprint, type KeyContext, keyOf } from "./fingerprint.ts";
import type { Job, JobOutcome } from "./job.ts";
import type { Plan, PlannedStage } from "./plan.ts";
import type { PreviewKeeper } from "./preview.ts";
import { runAttempts } from "./run_attempts.ts";
import type { StageRecord } from "./run_record.ts";
import type { EngineChoice } from "./stage.ts";
import type { Action, Lease, Lookup, Store, StoredArtifact } from "./store.ts";

export interface ExecuteOptions {
  readonly keys: KeyContext;
  readonly kinds: ArtifactKindTable;
  readonly engine: EngineChoice;
  /** Stages that may run at the same time. */
  readonly jobs: number;
  readonly machine: { readonly cpus: number; readonly gpus: number };
  readonly keepGoing: boolean;
  /** Runs stages although their results are there. */
  readonly force: boolean;
  /** Resolved config as YAML text, for the record. */
  readonly configText: string;
  readonly provenance: Readonly<Record<string, string>>;
  /** Why a stage that is not in the store has to run, in a few words. */
  readonly explain?: (planned: PlannedStage, fingerprint: Fingerprint) => Promise<string>;
  /** Where previews go; without it nobody sees them. */
  readonly keepPreview?: PreviewKeeper;
  /** When it aborts, running stages save a checkpoint and stop. */
  readonly stop?: AbortSignal;
  /** When it aborts, running stages end at once. */
  readonly kill?: AbortSignal;
}

export interface StageResult {
  readonly record: StageRecord;
  /** What is in the store, unless the stage failed or was skipped. */
  readonly action?: Action;
}

export interface StageEnvironment {
  readonly plan: Plan;
  readonly store: Store;
  readonly executor: Executor;
  readonly sink: EventSink;
  readonly options: ExecuteOptions;
  /** Why nothing may start any more, or undefined. */
  readonly whyNothingNew: () => string | undefined;
}

const LONGEST_POLL_MS = 500;

/** Executes one stage whose inputs are known. @throws {StoreError} When the store cannot be used. */
export async function executeStage(
  planned: PlannedStage,
  inputs: Readonly<Record<string, StoredArtifact>>,
  environment: StageEnvironment,
): Promise<StageResult> {
  const { store, sink, options, whyNothingNew } = environment;
  const started = performance.now();
  const digests = Object.fromEntries(Object.entries(inputs).map(([port, a]) => [port, a.digest]));
  const fingerprint = await keyOf(planned, digests, options.keys);
  const { key } = fingerprint;
  const stage = planned.name;
  const result = (state: StageState, action?: Action, message?: string) =>
    resultOf(
      planned,
      { key, state, seconds: (performance.now() - started) / 1000 },
      action,
      message,
    );
  const cached = (action: Action) => {
    sink({ kind: "stage-cached", stage, key });
    return result("cached", action);
  };
  const skipped = (because: string) => {
    sink({ kind: "stage-skipped", stage, because });
    return result("skipped", undefined, `Skipped, because ${because}`);
  };

  const found = await store.lookup(key, { stage });
  if (found.state === "hit" && !options.force) return cached(found.action);
  reportDamage(stage, found, sink);
  const because = whyNothingNew();
  if (because !== undefined) return skipped(because);
  const lease = await waitForLease(stage, key, environment);
  if (lease === undefined) return skipped("the run was interrupted");
  try {
    // Another run may have finished it while this one looked or waited.
    const meanwhile = await store.lookup(key, { stage });
    if (meanwhile.state === "hit" && !options.force) return cached(meanwhile.action);
    const reason = await reasonFor(planned, fingerprint, found, options);
    sink({ kind: "stage-started", stage, key, reason });
    const job = jobOf(planned, fingerprint, inputs, environment);
    const outcome = await runAttempts(planned, job, lease, environment);
    if (outcome.kind !== "done") {
      const message = failureMessage(outcome);
      if (outcome.kind === "failed") sink({ kind: "stage-log", stage, text: `${outcome.stack}\n` });
      sink({ kind: "stage-failed", stage, message });
      return result("failed", undefined, message);
    }
    const made = await store.lookup(key, { stage });
    if (made.state !== "hit") throw new Error(`Internal error: stage "${stage}" left no result`);
    warnOfDifferences(stage, found, made.action, sink);
    sink({ kind: "stage-finished", stage, seconds: (performance.now() - started) / 1000 });
    return result("ran", made.action);
  } finally {
    lease.release();
  }
}

async function waitForLease(
  stage: string,
  key: string,
  { store, sink, options }: StageEnvironment,
): Promise<Lease | undefined> {
  let pollMs = 20;
  for (let hasWaited = false;; hasWaited = true) {
    const lease = await store.tryLease(key);
    if ("release" in lease) return lease;
    if (options.stop?.aborted) return undefined;
    const holder = `process ${lease.pid} on ${lease.host}, since ${lease.since}`;
    if (!hasWaited) sink({ kind: "stage-waiting", stage, key, holder });
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS);
  }
}

function reportDamage(stage: string, found: Lookup, sink: EventSink): void {
  if (found.state !== "damaged") return;
  for (const { port, message } of found.damages) {
    sink({ kind: "artifact-damaged", stage, port, message });
  }
}

async function reasonFor(
  planned: PlannedStage,
  fingerprint: Fingerprint,
  found: Lookup,
  { explain, force }: ExecuteOptions,
): Promise<string> {
  if (found.state === "damaged") return "its stored result is damaged";
  if (force && found.state === "hit") return "forced";
  return explain === undefined ? "not computed yet" : await explain(planned, fingerprint);
}

function jobOf(
  planned: PlannedStage,
  { key, document }: Fingerprint,
  inputs: Readonly<Record<string, StoredArtifact>>,
  { plan, store, options }: StageEnvironment,
): Job {
  return {
    format: 1,
    stage: planned.name,
    uses: planned.stage.id,
    key,
    document: toJson(document),
    params: planned.params,
    inputs,
    seed: String(planned.seed),
    engine: options.engine,
    store: store.location,
    projectFolder: plan.config.projectFolder,
    files: planned.files.flatMap(({ paths }) => paths),
    provenance: options.provenance,
  };
}

function failureMessage(outcome: Exclude<JobOutcome, { kind: "done" }>): string {
  return outcome.kind === "interrupted"
    ? "Interrupted; its last checkpoint is kept"
    : outcome.message;
}

/** A stage that gives other bytes for the same key is not deterministic, and its cache not exact. */
function warnOfDifferences(stage: string, before: Lookup, made: Action, sink: EventSink): void {
  if (before.state !== "hit") return;
  for (const [port, { digest }] of Object.entries(before.action.outputs)) {
    const found = made.outputs[port]?.digest;
    if (found === digest) continue;
    const message =
      `Output "${port}" differs from the last result of the same key: ${digest} before, ${found} now`;
    sink({ kind: "stage-warning", stage, message });
  }
}

function resultOf(
  { name, stage, params, inputs }: PlannedStage,
  { key, state, seconds }: { key: string; state: StageState; seconds: number },
  action: Action | undefined,
  message: string | undefined,
): StageResult {
  const outputs = Object.entries(action?.outputs ?? {}).map(([port, { kind, digest, bytes }]) => [
    port,
    { kind, digest, bytes },
  ]);
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
    warnings: action?.warnings ?? [],
    ...(message !== undefined && { message }),
  };
  return action === undefined ? { record } : { record, action };
}

/** The record of a stage that never got so far as to have a key. */
export function skippedStage(planned: PlannedStage, because: string): StageResult {
  const message = `Skipped, because ${because}`;
  return resultOf(planned, { key: "", state: "skipped", seconds: 0 }, undefined, message);
}
