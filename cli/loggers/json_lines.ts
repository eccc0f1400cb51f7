/** Events for programs: one JSON document per line, with the seconds since the run began. */

import type { EventSink } from "../../pipelines/event.ts";

/** A sink that writes every event as it is, with `at` beside it. */
export function jsonLinesLogger(write: (text: string) => void): EventSink {
  const startedMs = performance.now();
  return (event) => {
    const at = Number(((performance.now() - startedMs) / 1000).toFixed(3));
    write(`${JSON.stringify({ at, ...event })}\n`);
  };
}
