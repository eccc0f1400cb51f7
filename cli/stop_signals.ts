/** Ctrl-C: once to save checkpoints and stop, twice to end at once. */

export interface Stop {
  /** Aborts when stages are to save a checkpoint and stop. */
  readonly stop: AbortSignal;
  /** Aborts when they are to end at once. */
  readonly kill: AbortSignal;
  /** Whether it was SIGTERM rather than Ctrl-C. */
  readonly isTerminated: () => boolean;
  close(): void;
}

export function listenForStop(say: (text: string) => void): Stop {
  const stop = new AbortController();
  const kill = new AbortController();
  let isTerminated = false;
  const ask = () => {
    if (stop.signal.aborted) return kill.abort();
    say("Stopping: running stages save a checkpoint. Ctrl-C again ends them at once.\n");
    stop.abort();
  };
  const terminate = () => {
    isTerminated = true;
    ask();
  };
  Deno.addSignalListener("SIGINT", ask);
  Deno.addSignalListener("SIGTERM", terminate);
  return {
    stop: stop.signal,
    kill: kill.signal,
    isTerminated: () => isTerminated,
    close() {
      Deno.removeSignalListener("SIGINT", ask);
      Deno.removeSignalListener("SIGTERM", terminate);
    },
  };
}
