/** Finding the result of a stage that ended well. */

import type { Lookup, LookupOptions, Store } from "../store/store.ts";

/** A network file system shows a new file on another machine after this time in seconds at the latest. */
const LATENCY_SECONDS = 5;
const POLL_MS = 100;

/**
 * Looks a key up until its result is seen: what another machine wrote may take some seconds to show.
 *
 * @param patience Seconds to wait; a result that is there is found at once.
 */
export async function waitForResult(
  store: Store,
  key: string,
  options: LookupOptions,
  patience = LATENCY_SECONDS,
): Promise<Lookup> {
  const started = performance.now();
  for (;;) {
    const found = await store.lookup(key, options);
    const isLate = performance.now() - started >= patience * 1000;
    if (found.state !== "miss" || isLate) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
