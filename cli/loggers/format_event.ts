/** Events in words, the same for every logger that a person reads. */

import { printable } from "../../pipelines/config/diagnostic.ts";
import type { Event } from "../../pipelines/event.ts";
import type { Progress } from "../../pipelines/stage.ts";
import { type Color, paint } from "../paint.ts";
import { formatDuration, formatNumber } from "./format_quantity.ts";

/** One line per event that is worth one, without the end of line; undefined for the rest. */
export function formatEvent(
  event: Event,
  nameWidth: number,
  hasColor: boolean,
): string | undefined {
  const line = (mark: string, color: Color, stage: string, text: string) =>
    `${paint(mark, color, hasColor)} ${printableLine(stage).padEnd(nameWidth)}  ${printable(text)}`;
  switch (event.kind) {
    case "stage-cached":
      return line("✓", "green", event.stage, cachedText(event));
    case "stage-waiting":
      return line("…", "yellow", event.stage, `waits for ${event.holder}`);
    case "stage-started":
      return line("▸", "cyan", event.stage, `runs     ${event.reason}`);
    case "stage-resumed":
      return line("▸", "cyan", event.stage, `continues from step ${event.step}`);
    case "stage-preview":
      return line("·", "dim", event.stage, `preview  ${event.file}  step ${event.step}`);
    case "stage-warning":
      return line("!", "yellow", event.stage, event.message);
    case "stage-retrying":
      return line("!", "yellow", event.stage, describeRetry(event));
    case "stage-checking":
      return line("▸", "cyan", event.stage, "runs again, to compare");
    case "stage-finished":
      return line("✓", "green", event.stage, `ran      ${formatDuration(event.seconds)}`);
    case "stage-failed":
      return line("✗", "red", event.stage, event.message);
    case "stage-skipped":
      return line("-", "dim", event.stage, `skipped  ${event.because}`);
    case "artifact-damaged":
      return line("!", "yellow", event.stage, event.message);
    case "run-started":
    case "run-finished":
    case "stage-progress":
    case "stage-log":
      return undefined;
    default:
      return event satisfies never;
  }
}

/** `lost: The stage's process crashed; attempt 2 of 3 in 2 s`. */
export function describeRetry(event: Extract<Event, { kind: "stage-retrying" }>): string {
  const { cause, message, attempt, of, pauseSeconds } = event;
  const soon = pauseSeconds === 0 ? "now" : `in ${pauseSeconds} s`;
  return `${cause}: ${message}; attempt ${attempt} of ${of} ${soon}`;
}

/** How far a stage is and how long it will take, seen from its first progress. */
export class Pace {
  #first: { step: number; atMs: number } | undefined;
  #last: Progress | undefined;
  #rate = 0;
  readonly #startedMs: number;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  update(progress: Progress, nowMs: number): void {
    // A resumed stage starts at its checkpoint, a stage of two loops starts again at 0.
    if (this.#first === undefined || progress.step < (this.#last?.step ?? 0)) {
      this.#first = { step: progress.step, atMs: nowMs };
    }
    const elapsed = (nowMs - this.#first.atMs) / 1000;
    this.#rate = elapsed > 0 ? (progress.step - this.#first.step) / elapsed : 0;
    this.#last = progress;
  }

  /** `step 1400/2000  loss 0.0312  4.1 steps/s  eta 0:58`; until there is a step, for how long. */
  describe(nowMs: number): string {
    if (this.#last === undefined) {
      const seconds = Math.floor((nowMs - this.#startedMs) / 1000);
      return seconds < 1 ? "starting" : `running  ${formatDuration(seconds)}`;
    }
    const { step, of, values = {}, message } = this.#last;
    const shown = Object.entries(values).map(([name, value]) => `${name} ${formatNumber(value)}`);
    const parts = [`step ${step}/${of}`, ...shown];
    if (this.#rate > 0) {
      parts.push(`${formatNumber(this.#rate)} steps/s`);
      if (step < of) parts.push(`eta ${formatDuration((of - step) / this.#rate)}`);
    }
    if (message !== undefined) parts.push(message);
    return parts.join("  ");
  }
}

/** Text of a stage or a config, safe for a terminal and on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]+/g, " ");
}

function cachedText({ key, isTrusted }: Extract<Event, { kind: "stage-cached" }>): string {
  return `cached   ${shortKey(key)}${isTrusted ? " (code changed, trusted)" : ""}`;
}

function shortKey(key: string): string {
  return key.slice(0, 6);
}
