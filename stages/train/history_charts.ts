/** Charts of a training's history. */

import type { Chart, Curves, Series } from "../../artifacts/curves.ts";
import type { HistoryEntry } from "../../training/history.ts";

/** The label of every x axis over training. */
export const STEP_LABEL = "optimiser step";

/** The values of one name, where there are any, over steps. */
export function seriesOf(history: readonly HistoryEntry[], key: string, name: string): Series {
  const points = history.flatMap(({ step, values }) => {
    const value = values[key];
    return value === undefined ? [] : [[step, value] as const];
  });
  return { name, points };
}

/** The learning rate that each step took. */
export function learningRateChart(history: readonly HistoryEntry[]): Chart {
  return {
    title: "Learning rate",
    xLabel: STEP_LABEL,
    yLabel: "learning rate",
    series: [seriesOf(history, "learningRate", "learning rate")],
  };
}

/** Without the series that have no points and the charts that have no series. */
export function curvesOf(charts: readonly Chart[]): Curves {
  const drawn = charts.map((chart) => ({
    ...chart,
    series: chart.series.filter(({ points }) => points.length > 0),
  }));
  return { charts: drawn.filter(({ series }) => series.length > 0) };
}
