/** A terminal: what is done stays, what runs has one line that is redrawn. */

import type { Event, EventSink } from "../../pipelines/event.ts";
import { paint } from "../paint.ts";
import type { Terminal } from "../terminal.ts";
import { formatEvent, Pace } from "./format_event.ts";

const REDRAW_INTERVAL_MS = 100;

/** A sink that keeps one live line per running stage at the bottom. */
export function terminalLogger(terminal: Terminal, nameWidth: number): EventSink {
  const live = new Map<string, Pace>();
  let drawnLines = 0;
  let drawnMs = -Infinity;

  const draw = (finished: string) => {
    const up = drawnLines > 0 ? `\x1b[${drawnLines}A\x1b[0J` : "";
    const lines = [...live].map(([stage, pace]) => liveLine(stage, pace, nameWidth, terminal));
    terminal.out(up + finished + lines.join(""));
    drawnLines = lines.length;
    drawnMs = performance.now();
  };

  return (event: Event) => {
    if (event.kind === "stage-progress") {
      live.get(event.stage)?.update(event.progress, performance.now());
      if (performance.now() - drawnMs >= REDRAW_INTERVAL_MS) draw("");
      return;
    }
    if (event.kind === "stage-started") live.set(event.stage, new Pace());
    if (event.kind === "stage-finished" || event.kind === "stage-failed") live.delete(event.stage);
    const line = formatEvent(event, nameWidth, terminal.hasColor);
    if (line !== undefined) draw(`${line}\n`);
  };
}

function liveLine(stage: string, pace: Pace, nameWidth: number, terminal: Terminal): string {
  // A line that wraps could not be redrawn, so it is cut.
  const text = `${stage.padEnd(nameWidth)}  ${pace}`.slice(0, terminal.columns - 3);
  return `${paint("▸", "cyan", terminal.hasColor)} ${text}\n`;
}
