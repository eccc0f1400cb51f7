/** What ends a run early: Ctrl-C, SIGTERM, or a time budget. */

import { startTimer } from "../pipelines/run/timer.ts";
import { ExitCode } from "./exit_code.ts";

export interface Stop {
  /** Aborts when stages are to save a checkpoint and stop; its reason is a text for a person. */
  readonly stop: AbortSignal;
  /** Aborts when they are to end at once. */
  readonly kill: AbortSignal;
  /** What the process of a run that was stopped ends with. */
  readonly exitCode: () => ExitCode;
  close(): void;
}

export interface StopOptions {
  /** Time in seconds after which stages are asked to stop. */
  readonly budgetSeconds?: number;
  /** Time in seconds that they then get to save a checkpoint. */
  readonly graceSeconds?: number;
}

/**
 * Listens for Ctrl-C and SIGTERM: the first asks stages to save a checkpoint, the second ends them, the
 * third ends this process whatever it does. SIGHUP keeps its meaning, or `nohup` would have none.
 */
export function listenForStop(say: (text: string) => void, options: StopOptions = {}): Stop {
  const { budgetSeconds, graceSeconds = 15 } = options;
  const stop = new AbortController();
  const kill = new AbortController();
  let exitCode: ExitCode = ExitCode.interrupted;
  const ask = (code: ExitCode, reason?: string) => {
    if (kill.signal.aborted) Deno.exit(exitCode);
    if (stop.signal.aborted) return kill.abort();
    exitCode = code;
    const why = reason === undefined ? "" : `: ${reason}`;
    say(
      `Stopping${why}: running stages save a checkpoint. Ctrl-C ${
        reason === undefined ? "again " : ""
      }ends them at once.\n`,
    );
    stop.abort(reason);
  };
  const interrupt = () => ask(ExitCode.interrupted);
  const terminate = () => ask(ExitCode.terminated);
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", terminate);
  const cancels: (() => void)[] = [];
  const endBudget = () => {
    if (stop.signal.aborted) return;
    ask(ExitCode.stageFailed, `the time budget of ${budgetSeconds} s is used up`);
    cancels.push(startTimer(graceSeconds, () => kill.abort()));
  };
  if (budgetSeconds !== undefined) cancels.push(startTimer(budgetSeconds, endBudget));
  return {
    stop: stop.signal,
    kill: kill.signal,
    exitCode: () => exitCode,
    close() {
      Deno.removeSignalListener("SIGINT", interrupt);
      Deno.removeSignalListener("SIGTERM", terminate);
      cancels.forEach((cancel) => cancel());
    },
  };
}
