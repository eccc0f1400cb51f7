/** What training of a predictor looked like. */

import type { Curves } from "../../artifacts/curves.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { curvesOf, learningRateChart, seriesOf, STEP_LABEL } from "./history_charts.ts";

/** Charts of the loss, of the free-running PSNR on validation clips if there were any, and of the rate. */
export function nextFrameCurves(history: readonly HistoryEntry[], loss: "bce" | "mse"): Curves {
  return curvesOf([
    {
      title: "Training loss",
      xLabel: STEP_LABEL,
      yLabel: loss === "bce" ? "binary cross-entropy (nat per pixel)" : "mean squared error",
      logY: true,
      series: [seriesOf(history, "loss", "loss")],
    },
    {
      title: "Free-running prediction of validation clips",
      xLabel: STEP_LABEL,
      yLabel: "PSNR (dB)",
      series: [seriesOf(history, "psnr", "validation")],
    },
    learningRateChart(history),
  ]);
}
