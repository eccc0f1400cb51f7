/** Running a job until it ends well, fails, or has been tried often enough. */

import type { EventSink } from "./event.ts";
import type { StageEnvironment } from "./execute_stage.ts";
import type { RunningJob } from "./executors/executor.ts";
import type { Job, JobOutcome, WorkerEvent } from "./job.ts";
import type { PlannedStage } from "./plan.ts";
import { type PreviewKeeper, receivePreview } from "./preview.ts";
import type { Lease } from "./store.ts";

/** Time that a stage gets to save a checkpoint when its time is up. */
const GRACE_MS = 15_000;

/**
 * Runs a job; one that was lost (killed, crashed) or took too long is tried again as often as the
 * config says, from its last checkpoint. A stage that failed by itself would only fail again.
 */
export async function runAttempts(
  planned: PlannedStage,
  job: Job,
  lease: Lease,
  environment: StageEnvironment,
): Promise<JobOutcome> {
  for (let attempt = 0;; attempt++) {
    const outcome = await runOnce(planned, job, lease, environment);
    const isWorthTrying = outcome.kind === "lost" && !environment.options.stop?.aborted;
    if (!isWorthTrying || attempt >= planned.config.retry) return outcome;
    const message = `${outcome.message}; trying again (${attempt + 1} of ${planned.config.retry})`;
    environment.sink({ kind: "stage-warning", stage: planned.name, message });
  }
}

async function runOnce(
  planned: PlannedStage,
  job: Job,
  lease: Lease,
  { executor, sink, options }: StageEnvironment,
): Promise<JobOutcome> {
  const { timeoutSeconds } = planned.config;
  const permissions = planned.stage.permissions ?? {};
  const emit = translate(planned.name, sink, options.keepPreview);
  const running = executor.start(job, { permissions, emit });
  if (running.pid !== undefined) lease.adopt(running.pid);
  const timeUp = timeoutSeconds === undefined ? undefined : startTimer(running, timeoutSeconds);
  const stop = () => running.stop();
  const kill = () => running.kill();
  if (options.stop?.aborted) stop();
  options.stop?.addEventListener("abort", stop);
  options.kill?.addEventListener("abort", kill);
  try {
    const outcome = await running.outcome;
    if (outcome.kind === "done") return outcome;
    if (options.stop?.aborted && outcome.kind === "lost") return { kind: "interrupted" };
    if (!timeUp?.isUp()) return outcome;
    return { kind: "lost", message: `The stage took longer than ${timeoutSeconds} s` };
  } finally {
    options.stop?.removeEventListener("abort", stop);
    options.kill?.removeEventListener("abort", kill);
    timeUp?.clear();
  }
}

function startTimer(running: RunningJob, seconds: number) {
  let isUp = false;
  let grace: ReturnType<typeof setTimeout> | undefined;
  const limit = setTimeout(() => {
    isUp = true;
    running.stop();
    grace = setTimeout(() => running.kill(), GRACE_MS);
  }, seconds * 1000);
  const clear = () => {
    clearTimeout(limit);
    clearTimeout(grace);
  };
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
