/** The last lines of a run: what became of its stages, its scores, and where the report is. */

import type { StageState } from "../pipelines/event.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { formatDuration, formatNumber } from "./loggers/format_quantity.ts";
import { paint } from "./paint.ts";

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
  return `${scoreLines(record)}${last}   report: ${report}\n`;
}

function scoreLines({ scores }: RunRecord): string {
  if (scores.length === 0) return "";
  const cells = scores.map(({ metric, of, value, unit, interval, better, count }) => [
    metric,
    `${formatNumber(value)}${interval === undefined ? "" : ` ± ${formatNumber(interval)}`}`,
    unit === "1" ? "" : unit,
    of,
    `${better} is better, n = ${count}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...cells.map((row) => (row[column] ?? "").length))
  );
  const lines = cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "));
  return `${lines.map((line) => `  ${line.trimEnd()}`).join("\n")}\n`;
}
