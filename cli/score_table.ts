/** Scores as a table for a terminal: what was scored downwards, metrics across. */

import { type Score, scoredThings } from "../artifacts/scores.ts";
import { formatNumber } from "./loggers/format_quantity.ts";

/** Lines with a head of metrics and their units; intervals, counts and protocols are in the report. */
export function scoreTable(scores: readonly Score[]): string {
  if (scores.length === 0) return "";
  const metrics = [...new Map(scores.map((score) => [score.metric, score])).values()];
  const rows = scoredThings(scores);
  const head = [
    ["", ...metrics.map(({ metric }) => metric)],
    [
      "",
      ...metrics.map(({ unit, better }) => `${better === "higher" ? "↑" : "↓"} ${shortUnit(unit)}`),
    ],
  ];
  const body = rows.map((of) => [
    of,
    ...metrics.map(({ metric }) => {
      const score = scores.find((score) => score.of === of && score.metric === metric);
      return score === undefined ? "" : formatNumber(score.value);
    }),
  ]);
  return align([...head, ...body]).map((line) => `  ${line}\n`).join("");
}

/** "squared intensity" would make a column of nine characters twice as wide; the report spells it. */
function shortUnit(unit: string): string {
  return unit === "dB" ? unit : "";
}

/** First column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.trimEnd().padStart(widths[i]!))
      .join("  ").trimEnd()
  );
}
