/** Runs a plan: what is computed already is taken, the rest runs in the order of its edges. */

import { buildRecord } from "./build_record.ts";
import type { Event, EventSink, RunStatus } from "../event.ts";
import { type ExecuteOptions, executeStage, stopReason } from "./execute_stage.ts";
import type { Executor } from "./executors/executor.ts";
import type { Plan, PlannedStage } from "../plan/plan.ts";
import { asItIs, redactAll } from "./redact.ts";
import { fits } from "../plan/resources.ts";
import type { PreviewRecord, RunRecord } from "../run_record.ts";
import { skippedStage, type StageResult } from "./stage_result.ts";
import type { Store, StoredArtifact } from "../store/store.ts";

/**
 * Executes a plan and returns the record of the run; a failing stage is in the record, not thrown.
 *
 * After a failure nothing new starts, what runs may finish and what is cached is still found; with
 * `keepGoing`, branches that do not need the failed stage go on. After `stop` stages save a checkpoint.
 *
 * @throws {StoreError} When the store cannot be used.
 */
export async function executePlan(
  plan: Plan,
  store: Store,
  executor: Executor,
  listener: EventSink,
  options: ExecuteOptions,
): Promise<RunRecord> {
  const started = performance.now();
  const previews: PreviewRecord[] = [];
  const { redact = asItIs } = options;
  // The one way of all events to whoever listens.
  const sink = (said: Event) => {
    const event = redactAll(said, redact);
    if (event.kind === "stage-preview") previews.push(recordOf(event));
    listener(event);
  };
  const names = plan.stages.map(({ name }) => name);
  sink({ kind: "run-started", name: plan.config.name, stages: names });
  const results = await runAll(plan, store, executor, sink, options);
  const status = statusOf([...results.values()], options.stop?.aborted === true);
  const ran = [...results.values()].filter(({ record }) => record.state === "ran");
  const seconds = (performance.now() - started) / 1000;
  const record = await buildRecord({ plan, results, previews, status, seconds }, store, options);
  await store.settle(ran.map(({ record }) => record.key));
  sink({ kind: "run-finished", status: record.status, seconds });
  return redactAll(record, redact);
}

function recordOf({ kind: _, ...preview }: Extract<Event, { kind: "stage-preview" }>) {
  return preview;
}

async function runAll(
  plan: Plan,
  store: Store,
  executor: Executor,
  sink: EventSink,
  options: ExecuteOptions,
): Promise<ReadonlyMap<string, StageResult>> {
  const results = new Map<string, StageResult>();
  const waiting = new Set(plan.stages);
  const running = new Map<PlannedStage, Promise<void>>();
  const whyNothingNew = () => {
    if (options.stop?.aborted) return stopReason(options);
    const failed = [...results.values()].find(({ record }) => record.state === "failed");
    return failed && !options.keepGoing ? `stage "${failed.record.name}" failed` : undefined;
  };
  // When the store fails nobody can use what still runs.
  const halt = new AbortController();
  const stop = AbortSignal.any([halt.signal, ...(options.stop ? [options.stop] : [])]);
  const run = async (planned: PlannedStage, inputs: Readonly<Record<string, StoredArtifact>>) => {
    const stageOptions = { ...options, stop };
    const environment = { plan, store, executor, sink, options: stageOptions, whyNothingNew };
    results.set(planned.name, await executeStage(planned, inputs, environment));
    running.delete(planned);
  };
  const startWhatCan = () => {
    for (const planned of waiting) {
      if (running.size >= options.jobs) return;
      const ready = readiness(planned, results);
      if (ready.state === "waiting" || !fits(planned, running.keys(), options)) continue;
      waiting.delete(planned);
      if (ready.state === "ready") running.set(planned, run(planned, ready.inputs));
      else {
        sink({ kind: "stage-skipped", stage: planned.name, because: ready.because });
        results.set(planned.name, skippedStage(planned, ready.because));
      }
    }
  };
  try {
    while (waiting.size > 0 || running.size > 0) {
      const before = waiting.size;
      startWhatCan();
      if (running.size > 0) await Promise.race(running.values());
      else if (waiting.size === before) throw new Error("Internal error: no stage can start");
    }
    return results;
  } finally {
    halt.abort();
    await Promise.allSettled(running.values());
  }
}

type Readiness =
  | { readonly state: "ready"; readonly inputs: Readonly<Record<string, StoredArtifact>> }
  | { readonly state: "waiting" }
  | { readonly state: "impossible"; readonly because: string };

/** Whether a stage's inputs are there; in plan order a stage that must be skipped is found at once. */
function readiness(planned: PlannedStage, results: ReadonlyMap<string, StageResult>): Readiness {
  const inputs: Record<string, StoredArtifact> = {};
  let isWaiting = false;
  for (const [port, edge] of planned.inputs) {
    const result = results.get(edge.stage);
    if (result === undefined) {
      isWaiting = true;
      continue;
    }
    const artifact = result.action?.outputs[edge.output];
    if (artifact === undefined) {
      const what = result.record.state === "failed" ? "failed" : "was skipped";
      return { state: "impossible", because: `it needs stage "${edge.stage}", which ${what}` };
    }
    inputs[port] = artifact;
  }
  return isWaiting ? { state: "waiting" } : { state: "ready", inputs };
}

function statusOf(results: readonly StageResult[], isStopped: boolean): RunStatus {
  const isComplete = results.every(({ action }) => action !== undefined);
  if (isComplete) return "succeeded";
  return isStopped ? "interrupted" : "failed";
}
