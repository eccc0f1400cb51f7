/** A sweep as tables for a terminal. */

import {
  bestRow,
  type SweepCell,
  type SweepColumn,
  type SweepTable,
  valueText,
} from "../report/sweep_table.ts";
import { alignColumns } from "./align_columns.ts";
import { formatNumber } from "./loggers/format_quantity.ts";

/** One table for each thing that a stage scored; what is equal at all points is said in one line. */
export function sweepText(sweep: SweepTable): string {
  const names = sweep.variables.filter((name) => !sweep.over.includes(name));
  const columns = sweep.columns.map((column, index) => ({ column, index }));
  const blocks = Map.groupBy(columns, ({ column }) => JSON.stringify([column.stage, column.of]));
  const many = new Set(sweep.columns.map(({ stage }) => stage)).size > 1;
  const failed = sweep.rows.flatMap(({ point, state }) =>
    state === "failed" || state === "skipped" ? [`${pointLabel(point, names)} ${state}`] : []
  );
  const tables = [...blocks.values()].map((block) => {
    const [first] = block;
    if (first === undefined) return "";
    const title = `${first.column.of}${many ? ` (${first.column.stage})` : ""}`;
    const fixed = block.filter(({ index }) => isEverywhereEqual(sweep, index));
    const varied = block.filter((each) => !fixed.includes(each));
    const same = fixed.map(({ column, index }) =>
      `${column.metric} ${formatNumber(meanOf(sweep, index))}${unitOf(column)}`
    );
    const line = same.length === 0 ? "" : `  at every point: ${same.join(", ")}\n`;
    return `${title}\n${line}${varied.length === 0 ? "" : table(sweep, names, varied)}`;
  });
  const empty = sweep.columns.length === 0 ? "No stage of the sweep gave scores\n" : "";
  return `${tables.join("\n")}${empty}${failed.map((text) => `! ${text}\n`).join("")}`;
}

/** `lr=0.1,seed=2`. */
export function pointLabel(
  point: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string {
  const shown = names.filter((name) => point[name] !== undefined);
  return shown.map((name) => `${name}=${JSON.stringify(point[name])}`).join(",") || "all points";
}

interface Indexed {
  readonly column: SweepColumn;
  readonly index: number;
}

function table(
  sweep: SweepTable,
  names: readonly string[],
  columns: readonly Indexed[],
): string {
  const best = columns.map(({ index }) => bestRow(sweep, index));
  const isMean = sweep.over.length > 0;
  const twins = columns.filter(({ column: { metric } }) =>
    columns.filter(({ column }) => column.metric === metric).length > 1
  );
  const head = (each: Indexed) => {
    const { metric, better } = each.column;
    const mark = twins.includes(each) ? ` [${twins.indexOf(each) + 1}]` : "";
    return `${metric}${mark} ${better === "higher" ? "↑" : "↓"}${unitOf(each.column)}  `;
  };
  const shownNames = names.length === 0 ? ["points"] : names;
  const rows = sweep.rows.map((row, r) => {
    const cells = columns.map(({ index }) => row.cells[index]);
    const counts = [...new Set(cells.map((cell) => cell?.count ?? 0))];
    return [
      ...(names.length === 0 ? ["all"] : names.map((name) => valueText(row.point[name]))),
      ...cells.map((cell, c) => `${cellText(cell)} ${best[c] === r ? "*" : " "}`),
      ...(isMean
        ? [counts.length === 1 ? `${counts[0]}` : `${Math.min(...counts)}-${Math.max(...counts)}`]
        : []),
    ];
  });
  const header = [...shownNames, ...columns.map(head), ...(isMean ? ["n"] : [])];
  const left = new Set(shownNames.map((_, i) => i));
  const notes = twins.map(({ column }, i) => `[${i + 1}] ${column.metric}: ${column.protocol}`);
  return [...alignColumns([header, ...rows], left), ...notes].map((line) => `  ${line}\n`).join("");
}

function cellText(cell: SweepCell | undefined): string {
  if (cell === undefined) return "-";
  const mean = formatNumber(cell.mean);
  return cell.deviation === undefined ? mean : `${mean} ± ${formatNumber(cell.deviation)}`;
}

function isEverywhereEqual(sweep: SweepTable, column: number): boolean {
  const means = new Set(sweep.rows.map(({ cells }) => cells[column]?.mean));
  return sweep.rows.length > 1 && means.size === 1 && !means.has(undefined);
}

function meanOf(sweep: SweepTable, column: number): number {
  return sweep.rows[0]?.cells[column]?.mean ?? NaN;
}

function unitOf({ unit }: SweepColumn): string {
  return unit === "dB" || unit === "%" ? ` ${unit}` : "";
}
