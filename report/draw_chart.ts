/** Charts as SVG, drawn by Observable Plot in a document that only exists in memory. */

import type { Chart, Series } from "../artifacts/curves.ts";
import { Markup, markup } from "./markup.ts";

/** Raise when equal charts are drawn differently: drawings are kept by it. */
export const CHART_DRAWING_VERSION = 1;

/** Colours of the style sheet, told apart by dashes too. */
const COLORS = 6;
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"] as const;
const WIDTH = 390;
const HEIGHT = 260;
const MAX_POINTS = 400;
const MAX_DOTS = 40;

/** What we use of the element that Plot returns; Deno's own types have no DOM. */
interface DrawnElement {
  readonly outerHTML: string;
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Draws each chart; the libraries are only loaded when there is one to draw (about 0.1 s).
 *
 * The SVG takes its colours from the page (`--series-1`...), so it follows light and dark.
 */
export async function drawCharts(charts: readonly Chart[]): Promise<readonly Markup[]> {
  if (charts.length === 0) return [];
  const [Plot, { parseHTML }] = await Promise.all([
    import("@observablehq/plot"),
    import("linkedom"),
  ]);
  const page: object = parseHTML("<!doctype html><html></html>");
  return charts.map((chart) => {
    const logarithmic = isLogarithmic(chart);
    const lines = chart.series.map((series) => thin(rowsOf(series, logarithmic)));
    const all = lines.flat();
    if (all.length === 0) return markup`<p class="empty">No values were recorded.</p>`;
    const svg: DrawnElement = Plot.plot({
      document: Reflect.get(page, "document"),
      width: WIDTH,
      height: HEIGHT,
      marginTop: 26,
      marginBottom: 42,
      marginLeft: 50,
      marginRight: 12,
      className: "plot",
      x: {
        label: chart.xLabel,
        labelAnchor: "center",
        labelArrow: "none",
        ticks: xTicks(all),
        tickFormat: axisNumber,
      },
      y: {
        label: chart.yLabel,
        labelArrow: "none",
        type: logarithmic ? "log" : "linear",
        grid: true,
        nice: !logarithmic,
        ticks: logarithmic ? logTicks(all) : 6,
        tickFormat: axisNumber,
      },
      marks: lines.flatMap((rows, i) => {
        const color = seriesColor(i);
        const hasBand = rows.some((row) => row.low < row.high);
        const few = rows.length <= MAX_DOTS;
        return [
          ...(hasBand
            ? [Plot.areaY(rows, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.16 })]
            : []),
          Plot.line(rows, {
            x: "x",
            y: "y",
            stroke: color,
            strokeWidth: 1.8,
            strokeDasharray: seriesDashes(i),
          }),
          ...(few ? [Plot.dot(rows, { x: "x", y: "y", r: 2, fill: color })] : []),
        ];
      }),
    });
    // The only data that Plot writes out are the labels of the axes, as text that linkedom escapes.
    return markup`<div role="img" aria-label="${describe(chart)}">${
      Markup.trusted(svg.outerHTML)
    }</div>`;
  });
}

/** The colour of series `index`, as the style sheet names it. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % COLORS) + 1})`;
}

/** The dashes of series `index`; a second round of colours gets other dashes than the first. */
export function seriesDashes(index: number): string {
  return DASHES[(index + Math.floor(index / COLORS)) % DASHES.length] ?? "none";
}

/** A logarithmic axis needs values above 0; a chart that asked for one without them is linear. */
function isLogarithmic(chart: Chart): boolean {
  return chart.logY === true &&
    chart.series.every((series) => series.points.every(([, y]) => y > 0));
}

function rowsOf(series: Series, logarithmic: boolean): Row[] {
  return series.points.flatMap(([x, y], i) => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return [];
    const [low, high] = series.band?.[i] ?? [y, y];
    const isDrawable = Number.isFinite(low) && Number.isFinite(high) && !(logarithmic && low <= 0);
    return [isDrawable ? { x, y, low, high } : { x, y, low: y, high: y }];
  });
}

/** Keeps the lowest and the highest point of each stretch, so that spikes stay visible. */
function thin(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= MAX_POINTS) return rows;
  const stretch = (2 * rows.length) / MAX_POINTS;
  const kept: Row[] = [];
  for (let start = 0; Math.round(start) < rows.length; start += stretch) {
    const part = rows.slice(Math.round(start), Math.round(start + stretch));
    const low = part.reduce((a, b) => b.y < a.y ? b : a);
    const high = part.reduce((a, b) => b.y > a.y ? b : a);
    kept.push(...(low === high ? [low] : low.x < high.x ? [low, high] : [high, low]));
  }
  return kept;
}

/** Whole numbers of frames or epochs get whole ticks, about ten of them. */
function xTicks(rows: readonly Row[]): number | number[] {
  const xs = rows.map((row) => row.x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  if (!xs.every(Number.isInteger) || high - low > 24) return 6;
  const step = Math.max(1, Math.ceil((high - low) / 12));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
}

/** 1, 2, 5 of each power of ten over a short range, the powers alone over a long one. */
function logTicks(rows: readonly Row[]): number[] {
  const low = Math.min(...rows.map((row) => row.low));
  const high = Math.max(...rows.map((row) => row.high));
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const digits = Math.log10(high / low) > 2.5 ? [1] : [1, 2, 5];
  return powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)))
    .filter((tick) => tick >= low && tick <= high);
}

/** "1.2k" from a thousand on; below it as short as the number is exact. */
function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`;
  if (size >= 1e3) return `${Number((value / 1e3).toPrecision(4))}k`;
  return String(Number(value.toPrecision(4)));
}

function describe(chart: Chart): string {
  const ends = chart.series.map(({ name, points }) => {
    const values = points.map(([, y]) => y).filter(Number.isFinite);
    const [first, last] = [values[0], values.at(-1)];
    return first === undefined ? `${name} without values` : `${name} from ${first} to ${last}`;
  });
  return `${chart.title}. ${chart.yLabel} over ${chart.xLabel}: ${ends.join("; ")}`;
}
