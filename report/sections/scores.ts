/** The score table: what was scored down, metrics across, and in full how each number was computed. */

import { type Score, scoredThings } from "../../artifacts/scores.ts";
import { formatCount, formatMeasured } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";

type StageScore = Score & { readonly stage: string };

/** Numbers that may be compared: same metric, unit, direction and protocol. */
interface Column {
  readonly metric: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly protocol: string;
  readonly scores: readonly StageScore[];
}

interface Row {
  readonly stage: string;
  readonly of: string;
}

/** Two halves of the truth compared with each other: the floor of a metric, never a contender. */
const REFERENCE = /^real vs\.? real\b/i;
/** Metrics whose bracketed parameter is a feature extractor other than the published one. */
const OTHER_FEATURES = /^(fid|fvd|kid|fid_infinity|precision|recall|density|coverage)\[(.+)\]$/i;

export const scores: Section = {
  id: "scores",
  title: "Scores",
  render({ record }) {
    if (record.scores.length === 0) return undefined;
    const columns = columnsOf(record.scores);
    const rows = rowsOf(record.scores);
    const manyStages = new Set(rows.map((row) => row.stage)).size > 1;
    const hasFloor = record.scores.some(isReference);
    return markup`
      <div class="scroll" tabindex="0" role="region" aria-label="Score table">
        <table class="scores">
          <thead><tr><th scope="col">Scored</th>${columns.map(columnHead)}</tr></thead>
          <tbody>${
      rows.map((row) =>
        markup`
            <tr>
              <th scope="row">${row.of}${manyStages && markup`<small>${row.stage}</small>`}</th>
              ${columns.map((column) => cell(column, row))}
            </tr>`
      )
    }
          </tbody>
        </table>
      </div>
      <p class="note">${STAR} best of its column; a lead that is smaller than the intervals decides
        nothing. ± is the half width of a 95 % interval, n the number of independent
        items behind a number.${hasFloor && FLOOR_NOTE}</p>
      <h3>How each number was computed</h3>
      <dl class="protocols">${columns.map(protocol)}</dl>`;
  },
};

const STAR = markup`<span class="best-mark" aria-hidden="true">★</span>`;
const FLOOR_NOTE = " “real vs real” is the floor of a metric and not ranked.";

function columnsOf(all: readonly StageScore[]): readonly Column[] {
  const groups = Map.groupBy(
    all,
    ({ metric, unit, better, protocol }) => JSON.stringify([metric, unit, better, protocol]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { metric, unit, better, protocol } = first;
    return [{ metric, unit, better, protocol, scores: group }];
  });
}

function rowsOf(all: readonly StageScore[]): readonly Row[] {
  const stages = Map.groupBy(all, ({ stage }) => stage);
  return [...stages].flatMap(([stage, own]) => scoredThings(own).map((of) => ({ stage, of })));
}

function columnHead({ metric, unit, better }: Column, index: number): Markup {
  return markup`
    <th scope="col"><a href="#protocol-${index + 1}">${metric}</a>
      <small>${unitText(unit)}</small>
      <small><span aria-hidden="true">${
    better === "higher" ? "↑" : "↓"
  }</span> ${better} is better</small>
    </th>`;
}

function cell(column: Column, row: Row): Markup {
  const found = column.scores.filter((score) => score.stage === row.stage && score.of === row.of);
  if (found.length === 0) return markup`<td class="none">–</td>`;
  const best = bestValue(column);
  return markup`<td>${
    found.map((score) => {
      const { value, interval } = formatMeasured(score.value, score.interval);
      const isBest = score.value === best && !isReference(score);
      const mark = isBest && markup`${STAR}<span class="sr">best: </span>`;
      return markup`
      <div class="score${isBest && " best"}">
        <span class="value">${mark}${value}</span>
        ${interval !== undefined && markup`<span class="interval">± ${interval}</span>`}
        <small>n = ${formatCount(score.count)}</small>
      </div>`;
    })
  }</td>`;
}

/** The best number of a column, or undefined when there is nothing to win against. */
function bestValue({ better, scores }: Column): number | undefined {
  const values = scores.filter((score) => !isReference(score)).map((score) => score.value)
    .filter((value) => !Number.isNaN(value));
  if (values.length < 2) return undefined;
  return better === "higher" ? Math.max(...values) : Math.min(...values);
}

function protocol({ metric, protocol }: Column, index: number): Markup {
  const [, name, features] = OTHER_FEATURES.exec(metric) ?? [];
  const warning = name !== undefined && features !== undefined && markup`
    <strong>Not the ${nameInPapers(name)} of papers</strong>, which uses features of one published
    network: these are features of “${features}”, so compare only with numbers of the same extractor.`;
  return markup`
    <div id="protocol-${index + 1}"><dt>${metric}</dt><dd>${
    sentence(protocol)
  }${warning}</dd></div>`;
}

/** FID and KID, but precision. */
function nameInPapers(metric: string): string {
  return metric.replace(/^(fid|fvd|kid)/, (name) => name.toUpperCase()).replace("_", " ");
}

function isReference(score: Score): boolean {
  return REFERENCE.test(score.of);
}

function unitText(unit: string): string {
  return unit === "1" || unit === "" ? "no unit" : `in ${unit}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
