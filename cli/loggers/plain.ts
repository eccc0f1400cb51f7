/** Lines for files and pipes: each event once, progress now and then. */

import type { Event, EventSink } from "../../pipelines/event.ts";
import { formatEvent, Pace, printableLine } from "./format_event.ts";

/** A step per line would drown everything else. */
const PROGRESS_INTERVAL_MS = 10_000;

/** A sink that writes plain lines. */
export function plainLogger(
  write: (text: string) => void,
  nameWidth: number,
  hasColor = false,
): EventSink {
  const paces = new Map<string, { readonly pace: Pace; shownMs: number }>();
  return (event: Event) => {
    if (event.kind === "stage-progress") {
      const nowMs = performance.now();
      const known = paces.get(event.stage) ?? { pace: new Pace(nowMs), shownMs: nowMs };
      paces.set(event.stage, known);
      known.pace.update(event.progress, nowMs);
      if (nowMs - known.shownMs < PROGRESS_INTERVAL_MS) return;
      known.shownMs = nowMs;
      const name = printableLine(event.stage).padEnd(nameWidth);
      write(`  ${name}  ${printableLine(known.pace.describe(nowMs))}\n`);
      return;
    }
    const line = formatEvent(event, nameWidth, hasColor);
    if (line !== undefined) write(`${line}\n`);
  };
}
