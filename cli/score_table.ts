/** Scores as tables for a terminal. */

import { type Score, scoredThings } from "../artifacts/scores.ts";
import { formatNumber } from "./loggers/format_quantity.ts";

/** More metrics than this stand downwards, or lines would be wider than a terminal. */
const MAX_ACROSS = 8;

/** A score, and the stage that gave it. */
type StageScore = Score & { readonly stage: string };

/** A table for each stage that scored, named where there are several; the rest is in the report. */
export function scoreTable(scores: readonly StageScore[]): string {
  const stages = Map.groupBy(scores, ({ stage }) => stage);
  return [...stages].map(([stage, own]) => (stages.size > 1 ? `  ${stage}\n` : "") + table(own))
    .join("");
}

/** Metrics with their units at one side and what was scored at the other; intervals and protocols are in the report. */
function table(scores: readonly Score[]): string {
  const metrics = [...new Map(scores.map((score) => [score.metric, score])).values()];
  const things = scoredThings(scores);
  const unitOf = ({ unit, better }: Score) => {
    return `${better === "higher" ? "↑" : "↓"} ${shortUnit(unit)}`.trimEnd();
  };
  const cell = (of: string, metric: string) => {
    const score = scores.find((score) => score.of === of && score.metric === metric);
    return score === undefined ? "" : formatNumber(score.value);
  };
  const rows = metrics.length > MAX_ACROSS
    ? [
      ["", "", ...things],
      ...metrics.map((score) => [
        score.metric,
        unitOf(score),
        ...things.map((of) => cell(of, score.metric)),
      ]),
    ]
    : [
      ["", ...metrics.map(({ metric }) => metric)],
      ["", ...metrics.map(unitOf)],
      ...things.map((of) => [of, ...metrics.map(({ metric }) => cell(of, metric))]),
    ];
  return align(rows).map((line) => `  ${line}\n`).join("");
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
