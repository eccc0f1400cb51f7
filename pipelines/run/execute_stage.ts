/** One stage of a run: found in the store, taken from another run, or computed. */

import type { ArtifactKindTable } from "../../artifacts/artifact.ts";
import { toJson } from "../key/canonical_json.ts";
import { differencesOfRerun } from "./check_determinism.ts";
import type { EventSink, FailureCause } from "../event.ts";
import type { Executor } from "./executors/executor.ts";
import { type Fingerprint, type KeyContext, keyOf } from "../key/fingerprint.ts";
import type { Job } from "./job.ts";
import type { Plan, PlannedStage } from "../plan/plan.ts";
import type { PreviewKeeper } from "./preview.ts";
import type { Redact } from "./redact.ts";
import { type Machine, threadsOf } from "../plan/resources.ts";
import { runAttempts } from "./run_attempts.ts";
import type { Checkpoint, EngineChoice } from "../stage.ts";
import { type ResultFacts, type StageResult, stageResult } from "./stage_result.ts";
import type { Action, Lease, Lookup, Store, StoredArtifact } from "../store/store.ts";
import type { TrustedLookup } from "../key/trust_code.ts";
import { waitForLease } from "./wait_for_lease.ts";
import { waitForResult } from "./wait_for_result.ts";

export interface ExecuteOptions {
  readonly keys: KeyContext;
  readonly kinds: ArtifactKindTable;
  readonly engine: EngineChoice;
  /** Stages that may run at the same time. */
  readonly jobs: number;
  readonly machine: Machine;
  readonly keepGoing: boolean;
  /** Runs stages although their results are there: all of them, or those that are named. */
  readonly force: boolean | ReadonlySet<string>;
  /** Takes results of code that was edited since. */
  readonly trusted?: TrustedLookup;
  /** Computes what ran a second time and compares the bytes. */
  readonly checkDeterminism?: boolean;
  /** Time in seconds to wait for another run that computes the same; without it as long as it takes. */
  readonly leaseTimeoutSeconds?: number;
  /** Time in seconds after which the result of a stage that ended well must be seen in the store. */
  readonly resultLatencySeconds?: number;
  /** Time in seconds that a stage gets to save a checkpoint when its time is up. */
  readonly graceSeconds?: number;
  /** Sees each result, cached or new; what it returns is wrong with it, and the stage counts as failed. */
  readonly inspect?: (planned: PlannedStage, action: Action) => string | undefined;
  /** Keeps what is left of a failed stage, and gives the path. */
  readonly keepFailed?: (job: Job, checkpoint: Checkpoint | undefined) => string;
  /** Removes secrets from everything that is told and recorded. */
  readonly redact?: Redact;
  /** Resolved config as YAML text, for the record. */
  readonly configText: string;
  readonly provenance: Readonly<Record<string, string>>;
  /** Why a stage that is not in the store has to run, in a few words. */
  readonly explain?: (planned: PlannedStage, fingerprint: Fingerprint) => Promise<string>;
  /** Where previews go; without it nobody sees them. */
  readonly keepPreview?: PreviewKeeper;
  /** When it aborts, running stages save a checkpoint and stop; its reason is a text for a person. */
  readonly stop?: AbortSignal;
  /** When it aborts, running stages end at once. */
  readonly kill?: AbortSignal;
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

/** Executes one stage whose inputs are known. @throws {StoreError} When the store cannot be used. */
export async function executeStage(
  planned: PlannedStage,
  inputs: Readonly<Record<string, StoredArtifact>>,
  environment: StageEnvironment,
): Promise<StageResult> {
  const digests = Object.fromEntries(Object.entries(inputs).map(([port, a]) => [port, a.digest]));
  const fingerprint = await keyOf(planned, digests, environment.options.keys);
  return await new StageRun(planned, inputs, fingerprint, environment).execute();
}

/** Why a run that was asked to stop was asked to. */
export function stopReason({ stop }: Pick<ExecuteOptions, "stop">): string {
  return typeof stop?.reason === "string" ? stop.reason : "the run was interrupted";
}

class StageRun {
  readonly #planned: PlannedStage;
  readonly #inputs: Readonly<Record<string, StoredArtifact>>;
  readonly #fingerprint: Fingerprint;
  readonly #environment: StageEnvironment;
  readonly #startedMs = performance.now();

  constructor(
    planned: PlannedStage,
    inputs: Readonly<Record<string, StoredArtifact>>,
    fingerprint: Fingerprint,
    environment: StageEnvironment,
  ) {
    this.#planned = planned;
    this.#inputs = inputs;
    this.#fingerprint = fingerprint;
    this.#environment = environment;
  }

  async execute(): Promise<StageResult> {
    const { store, sink, options, whyNothingNew } = this.#environment;
    const { name: stage } = this.#planned;
    const { key, document } = this.#fingerprint;
    const found = await store.lookup(key, { stage });
    if (found.state === "hit" && !this.#isForced) return this.#cached(found.action);
    reportDamage(stage, found, sink);
    const trusted = this.#isForced ? undefined : await options.trusted?.(document, { stage });
    if (trusted !== undefined) return this.#cached(trusted);
    const because = whyNothingNew();
    if (because !== undefined) return this.#skipped(because);
    const { stop, leaseTimeoutSeconds: timeoutSeconds } = options;
    const wait = await waitForLease(store, key, {
      onWait: (holder) => sink({ kind: "stage-waiting", stage, key, holder }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(stop !== undefined && { stop }),
    });
    if (wait.state === "stopped") return this.#skipped(stopReason(options));
    if (wait.state === "timeout") {
      const message = `Waited ${timeoutSeconds} s for ${wait.holder}, which computes it`;
      return this.#failed("lease", message);
    }
    try {
      // Another run may have finished it while this one looked or waited.
      const meanwhile = await store.lookup(key, { stage });
      if (meanwhile.state === "hit" && !this.#isForced) return this.#cached(meanwhile.action);
      return await this.#compute(found, wait.lease);
    } finally {
      wait.lease.release();
    }
  }

  async #compute(found: Lookup, lease: Lease): Promise<StageResult> {
    const { store, sink, options } = this.#environment;
    const { name: stage } = this.#planned;
    const { key } = this.#fingerprint;
    sink({ kind: "stage-started", stage, key, reason: await this.#reason(found) });
    // Forced means from the start: a checkpoint may be what is doubted.
    if (this.#isForced) await store.clearPartial(key);
    const job = this.#job();
    const { end, retriedFor } = await runAttempts(this.#planned, job, lease, this.#environment);
    const tried = { attempts: retriedFor.length + 1, retriedFor };
    if (end.kind === "interrupted") return this.#interrupted(tried);
    if (end.kind === "failed") {
      await this.#keepFailed(job);
      return this.#failed(end.cause, end.message, tried);
    }
    const made = await waitForResult(store, key, { stage }, options.resultLatencySeconds);
    if (made.state !== "hit") return this.#failed("lost", describeLoss(made), tried);
    warnOfDifferences(stage, found, made.action, sink);
    const complaint = options.inspect?.(this.#planned, made.action);
    if (complaint !== undefined) return this.#failed("frozen", complaint, tried);
    const differences = options.checkDeterminism ? await this.#again(job, made.action, lease) : [];
    sink({ kind: "stage-finished", stage, seconds: this.#seconds });
    return this.#result({
      state: "ran",
      action: made.action,
      ...tried,
      ...(options.checkDeterminism && differences !== undefined && { differences }),
    });
  }

  get #isForced(): boolean {
    const { force } = this.#environment.options;
    return typeof force === "boolean" ? force : force.has(this.#planned.name);
  }

  get #seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  async #reason(found: Lookup): Promise<string> {
    const { explain } = this.#environment.options;
    if (found.state === "damaged") return "its stored result is damaged";
    if (this.#isForced && found.state === "hit") return "forced";
    return await explain?.(this.#planned, this.#fingerprint) ?? "not computed yet";
  }

  #job(): Job {
    const { plan, store, options } = this.#environment;
    const planned = this.#planned;
    return {
      format: 1,
      stage: planned.name,
      uses: planned.stage.id,
      key: this.#fingerprint.key,
      document: toJson(this.#fingerprint.document),
      params: planned.params,
      inputs: this.#inputs,
      seed: String(planned.seed),
      engine: {
        ...options.engine,
        threads: threadsOf(planned, options.engine, options.machine),
      },
      store: store.location,
      projectFolder: plan.config.projectFolder,
      files: planned.files.flatMap(({ paths }) => paths),
      provenance: options.provenance,
    };
  }

  /** Runs the job again in a store of its own. */
  async #again(job: Job, action: Action, lease: Lease): Promise<readonly string[] | undefined> {
    const { store, sink } = this.#environment;
    const { name: stage } = this.#planned;
    sink({ kind: "stage-checking", stage });
    const differences = await differencesOfRerun(job, action, store, async (again) => {
      const { end } = await runAttempts(this.#planned, again, lease, this.#environment);
      return end;
    });
    for (const message of differences ?? []) sink({ kind: "stage-warning", stage, message });
    return differences;
  }

  async #keepFailed(job: Job): Promise<void> {
    const { store, sink, options } = this.#environment;
    if (options.keepFailed === undefined) return;
    const { name: stage } = this.#planned;
    const path = options.keepFailed(job, await store.checkpointSlot(job.key).load());
    sink({ kind: "stage-warning", stage, message: `What is left of it is kept in ${path}` });
  }

  #cached(action: Action): StageResult {
    const { sink, options } = this.#environment;
    const complaint = options.inspect?.(this.#planned, action);
    if (complaint !== undefined) return this.#failed("frozen", complaint);
    const { key } = action;
    // It keeps the key of the code that made it: a run that does not trust computes the stage.
    const isTrusted = key !== this.#fingerprint.key;
    sink({
      kind: "stage-cached",
      stage: this.#planned.name,
      key,
      ...(isTrusted && { isTrusted: true as const }),
    });
    const message = isTrusted ? { message: "Its code was edited since, and trusted" } : {};
    return this.#result({ state: "cached", action, ...message });
  }

  #skipped(because: string): StageResult {
    this.#environment.sink({ kind: "stage-skipped", stage: this.#planned.name, because });
    return this.#result({ state: "skipped", message: `Skipped, because ${because}` });
  }

  #interrupted(tried: Partial<ResultFacts>): StageResult {
    const { stop } = this.#environment.options;
    const why = typeof stop?.reason === "string" ? `, because ${stop.reason}` : "";
    const message = `Interrupted${why}; its last checkpoint is kept`;
    return this.#failed("interrupted", message, tried);
  }

  #failed(cause: FailureCause, message: string, tried: Partial<ResultFacts> = {}): StageResult {
    this.#environment.sink({ kind: "stage-failed", stage: this.#planned.name, cause, message });
    return this.#result({ state: "failed", message, cause, ...tried });
  }

  #result(facts: Omit<ResultFacts, "key" | "seconds">): StageResult {
    const key = facts.action?.key ?? this.#fingerprint.key;
    return stageResult(this.#planned, { ...facts, key, seconds: this.#seconds });
  }
}

function reportDamage(stage: string, found: Lookup, sink: EventSink): void {
  if (found.state !== "damaged") return;
  for (const { port, message } of found.damages) {
    sink({ kind: "artifact-damaged", stage, port, message });
  }
}

function describeLoss(found: Exclude<Lookup, { state: "hit" }>): string {
  if (found.state === "damaged") return found.damages[0]?.message ?? "Its result is damaged";
  return "The stage ended well, but the store does not show its result: it was removed, or a network " +
    "file system is slow to show it; the next run looks again";
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
