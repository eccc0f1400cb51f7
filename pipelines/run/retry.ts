/** When a stage that did not end well is tried again, and how long after. */

import { startTimer } from "./timer.ts";

/**
 * Why a stage did not end well. `timeout`: it took longer than its config allows. `lost`: its process
 * ended without a word, or its result did not show up. `memory`: there was not enough. `failed`: it threw
 * an error, and would throw it again.
 */
export const retryCauses = ["timeout", "lost", "memory", "failed"] as const;
export type RetryCause = typeof retryCauses[number];

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly times: number;
  readonly on: readonly RetryCause[];
  /** Pause before the first of them; each further pause is twice as long. */
  readonly backoffSeconds: number;
}

/** Without a word nothing is tried again; with a number everything that is not the stage's own fault. */
export const defaultRetry: RetryPolicy = {
  times: 0,
  on: ["timeout", "lost", "memory"],
  backoffSeconds: 1,
};

const LONGEST_PAUSE_SECONDS = 300;

/**
 * Pause in seconds before attempt `attempt` (the first is 1): backoff * 2^(attempt - 2), at most five
 * minutes. Nothing in it is random: a run has few stages, so they need not be spread.
 */
export function pauseBefore(attempt: number, { backoffSeconds }: RetryPolicy): number {
  return Math.min(backoffSeconds * 2 ** (attempt - 2), LONGEST_PAUSE_SECONDS);
}

/** Waits; true when one of the signals ended it early. */
export function pause(seconds: number, signals: readonly AbortSignal[]): Promise<boolean> {
  const stop = AbortSignal.any([...signals]);
  if (stop.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (isEarly: boolean) => {
      cancel();
      stop.removeEventListener("abort", early);
      resolve(isEarly);
    };
    const early = () => end(true);
    const cancel = startTimer(seconds, () => end(false));
    stop.addEventListener("abort", early);
  });
}
