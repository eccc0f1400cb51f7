/** A sweep's scores: one row per point, or per mean over seeds, and a column for each number. */

import { formatMeasured } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";
import { STAGE_MARKS, stateMark } from "../state_mark.ts";
import {
  bestRow,
  type SweepCell,
  type SweepColumn,
  type SweepRow,
  type SweepTable,
  sweepTable,
  valueText,
} from "../sweep_table.ts";

/** What people mean by a repetition. */
const SEED = "seed";

export const sweep: Section = {
  id: "sweep",
  title: "Sweep",
  render({ record }) {
    const points = sweepTable(record, []);
    if (points === undefined) return undefined;
    const means = points.variables.includes(SEED) ? sweepTable(record, [SEED]) : undefined;
    const each = table(points, "Table of points");
    return markup`
      <p class="lead">${points.rows.length} points over ${
      points.variables.join(", ")
    }; the best of a column is
        marked with ${STAR}.</p>
      ${
      means === undefined ? each : markup`
      ${table(means, "Table of means")}
      <p class="note">Mean ± sample standard deviation over ${SEED}, n values each.</p>
      <details><summary>Every point</summary>${each}</details>`
    }`;
  },
};

const STAR = markup`<span class="best-mark" aria-hidden="true">★</span>`;

function table(sweep: SweepTable, label: string): Markup {
  const names = sweep.variables.filter((name) => !sweep.over.includes(name));
  const best = sweep.columns.map((_, column) => bestRow(sweep, column));
  const heads = sweep.columns.map((column) => head(column, sweep.columns));
  return markup`
      <div class="scroll" tabindex="0" role="region" aria-label="${label}">
        <table class="scores sweep">
          <thead><tr><th scope="col">${
    names.join(", ") || "all points"
  }</th><th scope="col">State</th>${heads}</tr></thead>
          <tbody>${sweep.rows.map((row, index) => line(row, { index, names, best }))}
          </tbody>
        </table>
      </div>`;
}

/** The stage and the thing scored are named only where they tell columns apart. */
function head({ stage, metric, of, unit, better }: SweepColumn, all: readonly SweepColumn[]) {
  const twins = all.filter((other) => other.metric === metric);
  const isFromOther = twins.some((other) => other.stage !== stage);
  return markup`
            <th scope="col">${metric}<small>${of}</small>${
    isFromOther && markup`<small>${stage}</small>`
  }<small>${unit === "1" || unit === "" ? "" : `${unit}, `}${
    better === "higher" ? "↑ higher" : "↓ lower"
  } is better</small></th>`;
}

interface Place {
  readonly index: number;
  readonly names: readonly string[];
  /** Row that wins each column. */
  readonly best: readonly (number | undefined)[];
}

function line({ point, state, cells }: SweepRow, { index, names, best }: Place): Markup {
  const values = names.filter((name) => point[name] !== undefined)
    .map((name) => `${names.length > 1 ? `${name} ` : ""}${valueText(point[name])}`);
  return markup`
            <tr><th scope="row">${values.join(", ") || "all"}</th><td>${
    stateMark(STAGE_MARKS[state])
  }</td>${cells.map((cell, column) => number(cell, best[column] === index))}</tr>`;
}

function number(cell: SweepCell | undefined, isBest: boolean): Markup {
  if (cell === undefined) return markup`<td class="none">–</td>`;
  const { value, interval } = formatMeasured(cell.mean, cell.deviation ?? cell.interval);
  return markup`<td><div class="score${isBest && " best"}"><span class="value">${
    isBest && markup`${STAR}<span class="sr">best: </span>`
  }${value}</span> ${
    interval !== undefined && markup`<span class="interval">± ${interval}</span>`
  }${cell.count > 1 && markup`<small>n = ${cell.count}</small>`}</div></td>`;
}
