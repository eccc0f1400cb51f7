/** The last lines of a run: what became of its stages, its scores, and where the report is. */

import type { StageState } from "../pipelines/event.ts";
import type { RunRecord, StageRecord } from "../pipelines/run_record.ts";
import { sweepTable } from "../report/sweep_table.ts";
import { printableLine } from "./loggers/format_event.ts";
import { formatDuration } from "./loggers/format_quantity.ts";
import { paint } from "./paint.ts";
import { scoreTable } from "./score_table.ts";
import { sweepText } from "./sweep_text.ts";

const states: readonly StageState[] = ["cached", "ran", "failed", "skipped"];

/** @param report Path of the report, as the user would type it. */
export function summaryText(record: RunRecord, report: string, hasColor: boolean): string {
  const counts = states.flatMap((state) => {
    const count = record.stages.filter((stage) => stage.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const word = record.status === "succeeded" ? "done" : record.status;
  const color = record.status === "succeeded" ? "green" : "red";
  const seconds = formatDuration(record.seconds);
  const last = `${paint(word, color, hasColor)}   ${counts.join(", ")}   ${seconds}`;
  const lost = lostStages(record.stages).map((line) => `${printableLine(line)}\n`).join("");
  const sweep = sweepTable(record, ["seed"]);
  const scores = sweep === undefined ? scoreTable(record.scores) : sweepText(sweep);
  return `${scores}${lost}${last}   report: ${report}\n`;
}

/**
 * One line for each stage that failed, and one for all that could not be computed without it:
 * `failed   train: out of paper` `skipped  samples, scores: they need train`.
 */
function lostStages(stages: readonly StageRecord[]): readonly string[] {
  const roots = new Map<string, ReadonlySet<string>>();
  const skipped = new Map<string, string[]>();
  for (const { name, state, inputs } of stages) {
    const before = Object.values(inputs).map((edge) => edge.slice(0, edge.lastIndexOf(".")));
    const own = state === "failed" ? [name] : before.flatMap((each) => [...roots.get(each) ?? []]);
    roots.set(name, new Set(own));
    if (state !== "skipped") continue;
    const why = own.length === 0 ? "not begun" : `because of ${[...new Set(own)].join(", ")}`;
    skipped.set(why, [...skipped.get(why) ?? [], name]);
  }
  const failed = stages.filter(({ state }) => state === "failed");
  return [
    ...failed.map(({ name, message = "" }) => `failed   ${name}: ${message}`),
    ...Array.from(skipped, ([why, names]) => `skipped  ${names.join(", ")}: ${why}`),
  ];
}
