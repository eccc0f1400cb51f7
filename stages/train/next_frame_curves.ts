/** What training of a predictor looked like. */

import type { Chart, Curves } from "../../artifacts/curves.ts";
import type { HistoryEntry } from "../../training/history.ts";

/** Charts of the loss, of the free-running PSNR on validation clips if there were any, and of the rate. */
export function nextFrameCurves(history: readonly HistoryEntry[], loss: "bce" | "mse"): Curves {
  const unit = loss === "bce" ? "binary cross-entropy (nat per pixel)" : "mean squared error";
  const xLabel = "optimiser step";
  const charts: Chart[] = [
    {
      title: "Training loss",
      xLabel,
      yLabel: unit,
      logY: true,
      series: [{ name: "loss", points: pointsOf(history, "loss") }],
    },
    {
      title: "Free-running prediction of validation clips",
      xLabel,
      yLabel: "PSNR (dB)",
      series: [{ name: "validation", points: pointsOf(history, "psnr") }],
    },
    {
      title: "Learning rate",
      xLabel,
      yLabel: "learning rate",
      series: [{ name: "learning rate", points: pointsOf(history, "learningRate") }],
    },
  ];
  return { charts: charts.filter(({ series }) => series.some(({ points }) => points.length > 0)) };
}

function pointsOf(history: readonly HistoryEntry[], name: string): [x: number, y: number][] {
  return history.flatMap(({ step, values }) => {
    const value = values[name];
    return value === undefined ? [] : [[step, value] as [number, number]];
  });
}
