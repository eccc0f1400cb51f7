/** Loss curves, learning curves, metrics over frames: one figure per chart. */

import type { Chart } from "../../artifacts/curves.ts";
import { seriesColor, seriesDashes } from "../draw_chart.ts";
import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";

// Longer series are read from the drawing; short ones are also given as numbers.
const MAX_TABLE_ROWS = 40;

export const charts: Section = {
  id: "charts",
  title: "Curves",
  render({ record, drawings }) {
    if (record.charts.length === 0) return undefined;
    return markup`<div class="charts">${
      record.charts.map((chart, i) =>
        markup`
      <figure class="chart">
        <figcaption><strong>${chart.title}</strong> <span class="from">${chart.stage}</span></figcaption>
        ${legend(chart)}
        ${drawings[i]}
        ${valueTable(chart)}
      </figure>`
      )
    }</div>`;
  },
};

function legend({ series }: Chart): Markup {
  const hasBand = series.some(({ band }) => band?.some(([low, high]) => low < high));
  return markup`<ul class="legend">${
    series.map(({ name }, i) =>
      markup`
      <li>${lineSample(i)} ${name}</li>`
    )
  }
      ${hasBand && markup`<li class="band">shaded: 95 % interval</li>`}</ul>`;
}

function lineSample(index: number): Markup {
  const [color, dashes] = [seriesColor(index), seriesDashes(index)];
  return markup`<svg width="30" height="10" aria-hidden="true">
    <line x1="1" y1="5" x2="29" y2="5" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dashes}"/>
  </svg>`;
}

function valueTable(chart: Chart): Markup | undefined {
  const xs = [...new Set(chart.series.flatMap(({ points }) => points.map(([x]) => x)))]
    .sort((a, b) => a - b);
  if (xs.length === 0 || xs.length > MAX_TABLE_ROWS) return undefined;
  const columns = chart.series.map(({ points }) => new Map(points));
  const head = chart.series.map(({ name }) => markup`<th scope="col">${name}</th>`);
  return markup`
    <details>
      <summary>Values</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Values of ${chart.title}">
        <table>
          <thead><tr><th scope="col">${chart.xLabel}</th>${head}</tr></thead>
          <tbody>${
    xs.map((x) =>
      markup`
            <tr><th scope="row">${x}</th>${
        columns.map((column) => markup`<td>${numberText(column.get(x))}</td>`)
      }</tr>`
    )
  }
          </tbody>
        </table>
      </div>
    </details>`;
}

function numberText(value: number | undefined): string {
  return value === undefined ? "–" : Number(value.toPrecision(5)).toString();
}
