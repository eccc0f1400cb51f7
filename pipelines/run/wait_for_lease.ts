/** Waiting until the right to compute a key is free. */

import { pause } from "./retry.ts";
import type { Lease, Store } from "../store/store.ts";

const LONGEST_POLL_SECONDS = 0.5;

export interface WaitOptions {
  /** Told once who has the lease, when it is not free at once. */
  readonly onWait: (holder: string) => void;
  readonly timeoutSeconds?: number;
  readonly stop?: AbortSignal;
}

export type Wait =
  | { readonly state: "taken"; readonly lease: Lease }
  | { readonly state: "stopped" }
  /** Somebody had it all the time. */
  | { readonly state: "timeout"; readonly holder: string };

/** Waits as long as it takes, or as `timeoutSeconds` allows. */
export async function waitForLease(store: Store, key: string, options: WaitOptions): Promise<Wait> {
  const { onWait, timeoutSeconds = Infinity, stop } = options;
  const started = performance.now();
  let pollSeconds = 0.02;
  for (let hasWaited = false;; hasWaited = true) {
    const lease = await store.tryLease(key);
    if ("release" in lease) return { state: "taken", lease };
    const holder = `process ${lease.pid} on ${lease.host}, since ${lease.since}`;
    if (stop?.aborted) return { state: "stopped" };
    if (!hasWaited) onWait(holder);
    const leftSeconds = timeoutSeconds - (performance.now() - started) / 1000;
    if (leftSeconds <= 0) return { state: "timeout", holder };
    await pause(Math.min(pollSeconds, leftSeconds), stop === undefined ? [] : [stop]);
    pollSeconds = Math.min(pollSeconds * 1.5, LONGEST_POLL_SECONDS);
  }
}
