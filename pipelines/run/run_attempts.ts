/** Running a job until it ends well, fails, or has been tried often enough. */

import { complainAboutEdits } from "../key/code_edits.ts";
import type { EventSink } from "../event.ts";
import type { StageEnvironment } from "./execute_stage.ts";
import type { RunningJob } from "./executors/executor.ts";
import { saysLackOfMemory } from "./executors/lack_of_memory.ts";
import type { Job, JobOutcome, WorkerEvent } from "./job.ts";
import type { PlannedStage } from "../plan/plan.ts";
import { type PreviewKeeper, receivePreview } from "./preview.ts";
import { pause, pauseBefore, type RetryCause } from "./retry.ts";
import type { Lease } from "../store/store.ts";
import { startTimer } from "./timer.ts";

/** Time in seconds that a stage gets to save a checkpoint when its time is up. */
const GRACE_SECONDS = 15;

export type StageEnd =
  | { readonly kind: "done" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "failed"; readonly cause: RetryCause; readonly message: string };

export interface Attempts {
  /** Of the last one. */
  readonly end: StageEnd;
  /** Why each attempt before it did not end well. */
  readonly retriedFor: readonly RetryCause[];
}

/**
 * Runs a job; when it ends for a cause that the stage's config names, again from its last checkpoint,
 * after a pause that doubles each time. The stack of an error goes to the log.
 */
export async function runAttempts(
  planned: PlannedStage,
  job: Job,
  lease: Lease,
  environment: StageEnvironment,
): Promise<Attempts> {
  const { config: { retry: policy }, name: stage } = planned;
  const { options: { stop, kill }, sink } = environment;
  const signals = [stop, kill].filter((signal) => signal !== undefined);
  const retriedFor: RetryCause[] = [];
  for (let attempt = 1;; attempt++) {
    const end = await runOnce(planned, job, lease, environment);
    if (end.kind !== "failed" || attempt > policy.times || !policy.on.includes(end.cause)) {
      return { end, retriedFor };
    }
    retriedFor.push(end.cause);
    const pauseSeconds = pauseBefore(attempt + 1, policy);
    const next = { attempt: attempt + 1, of: policy.times + 1, pauseSeconds };
    sink({ kind: "stage-retrying", stage, cause: end.cause, message: end.message, ...next });
    if (await pause(pauseSeconds, signals)) return { end: { kind: "interrupted" }, retriedFor };
  }
}

async function runOnce(
  planned: PlannedStage,
  job: Job,
  lease: Lease,
  { executor, sink, options }: StageEnvironment,
): Promise<StageEnd> {
  const { timeoutSeconds } = planned.config;
  const permissions = planned.stage.permissions ?? {};
  const emit = translate(planned.name, sink, options.keepPreview);
  const refuse = () => complainAboutEdits(planned.stage, job, options.keys);
  const running = executor.start(job, { permissions, emit, refuse });
  if (running.pid !== undefined) lease.adopt(running.pid);
  const graceSeconds = options.graceSeconds ?? GRACE_SECONDS;
  const timer = timeoutSeconds === undefined
    ? undefined
    : limitTime(running, timeoutSeconds, graceSeconds);
  const stop = () => running.stop();
  const kill = () => running.kill();
  if (options.kill?.aborted) kill();
  else if (options.stop?.aborted) stop();
  options.stop?.addEventListener("abort", stop);
  options.kill?.addEventListener("abort", kill);
  try {
    const outcome = await running.outcome;
    if (outcome.kind === "done") return outcome;
    if (outcome.kind === "failed" && outcome.stack !== "" && !timer?.isUp()) {
      sink({ kind: "stage-log", stage: planned.name, text: `${outcome.stack}\n` });
    }
    if (options.stop?.aborted && outcome.kind === "lost") return { kind: "interrupted" };
    if (!timer?.isUp()) return endOf(outcome);
    const message = `The stage took longer than ${timeoutSeconds} s`;
    return { kind: "failed", cause: "timeout", message };
  } finally {
    options.stop?.removeEventListener("abort", stop);
    options.kill?.removeEventListener("abort", kill);
    timer?.clear();
  }
}

function endOf(outcome: Exclude<JobOutcome, { kind: "done" }>): StageEnd {
  if (outcome.kind === "interrupted") return outcome;
  const { message } = outcome;
  if (outcome.kind === "lost") return { kind: "failed", cause: outcome.cause, message };
  return { kind: "failed", cause: saysLackOfMemory(message) ? "memory" : "failed", message };
}

/** Asks a job to stop when its time is up, and ends it when it does not. */
function limitTime(running: RunningJob, seconds: number, graceSeconds: number) {
  let isUp = false;
  const cancels: (() => void)[] = [];
  const limit = () => {
    isUp = true;
    running.stop();
    cancels.push(startTimer(graceSeconds, () => running.kill()));
  };
  cancels.push(startTimer(seconds, limit));
  const clear = () => cancels.forEach((cancel) => cancel());
  return { isUp: () => isUp, clear };
}

function translate(
  stage: string,
  sink: EventSink,
  keepPreview: PreviewKeeper | undefined,
): (event: WorkerEvent) => void {
  return (event) => {
    switch (event.kind) {
      case "resumed":
        return sink({ kind: "stage-resumed", stage, step: event.step });
      case "progress":
        return sink({ kind: "stage-progress", stage, progress: event.progress });
      case "preview":
        return keepPreview && sink(receivePreview(stage, event.preview, keepPreview));
      case "warning":
        return sink({ kind: "stage-warning", stage, message: event.message });
      case "log":
        return sink({ kind: "stage-log", stage, text: event.text });
      default:
        return event satisfies never;
    }
  };
}
