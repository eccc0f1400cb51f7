/** The last lines of a run: what became of its stages, its scores, and where the report is. */

import type { StageState } from "../pipelines/event.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { formatDuration } from "./loggers/format_quantity.ts";
import { paint } from "./paint.ts";
import { scoreTable } from "./score_table.ts";

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
  return `${scoreTable(record.scores)}${last}   report: ${report}\n`;
}
