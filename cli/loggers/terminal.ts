/** A terminal: what is done stays, what runs has one line that is redrawn. */

import type { Event, EventSink } from "../../pipelines/event.ts";
import { padToWidth } from "../display_width.ts";
import type { LiveTerminal } from "../live_lines.ts";
import { formatEvent, Pace, printableLine } from "./format_event.ts";

const REDRAW_INTERVAL_MS = 100;

/** A clock moves although a stage says nothing. */
const TICK_MS = 1000;

/** A sink that keeps one live line per running stage at the bottom. */
export function terminalLogger(terminal: LiveTerminal, nameWidth: number): EventSink {
  const live = new Map<string, Pace>();
  let drawnMs = -Infinity;
  let clock: ReturnType<typeof setInterval> | undefined;

  const draw = (stays: string) => {
    const nowMs = performance.now();
    terminal.show(
      stays,
      Array.from(live, ([stage, pace]) => {
        const name = padToWidth(printableLine(stage), nameWidth);
        return `▸ ${name}  ${printableLine(pace.describe(nowMs))}`;
      }),
    );
    drawnMs = nowMs;
  };
  const start = (stage: string) => {
    live.set(stage, new Pace(performance.now()));
    if (clock !== undefined) return;
    clock = setInterval(() => draw(""), TICK_MS);
    Deno.unrefTimer(clock);
  };
  const end = (stage: string) => {
    live.delete(stage);
    if (live.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };

  return (event: Event) => {
    if (event.kind === "stage-progress") {
      live.get(event.stage)?.update(event.progress, performance.now());
      if (performance.now() - drawnMs >= REDRAW_INTERVAL_MS) draw("");
      return;
    }
    if (event.kind === "stage-started") start(event.stage);
    if (event.kind === "stage-finished" || event.kind === "stage-failed") end(event.stage);
    const line = formatEvent(event, nameWidth, terminal.hasColor);
    if (line !== undefined) draw(`${line}\n`);
  };
}
