/** What training of the residual diffusion looked like. */

import type { Curves, Series } from "../../artifacts/curves.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { LossId } from "../../diffusion/objective.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { curvesOf, learningRateChart, seriesOf, STEP_LABEL } from "./history_charts.ts";
import { NOISE_BUCKETS } from "./validate_residual.ts";

/** Charts of the training loss, of the validation loss per quarter of noise if there was one, and of the rate. */
export function residualCurves(
  history: readonly HistoryEntry[],
  { loss, objective }: { readonly loss: LossId; readonly objective: string },
  schedule: NoiseSchedule,
): Curves {
  const yLabel = `${loss === "l1" ? "mean absolute" : "mean squared"} error of ${objective}`;
  const quarter = schedule.steps / NOISE_BUCKETS;
  const buckets = Array.from({ length: NOISE_BUCKETS }, (_, i): Series => {
    const [from, to] = [Math.ceil(i * quarter), Math.ceil((i + 1) * quarter) - 1];
    return seriesOf(history, `bucket${i}`, `diffusion steps ${from} to ${to}`);
  });
  return curvesOf([
    {
      title: "Training loss of the denoiser",
      xLabel: STEP_LABEL,
      yLabel,
      logY: true,
      series: [seriesOf(history, "loss", "loss")],
    },
    { title: "Validation loss by noise", xLabel: STEP_LABEL, yLabel, logY: true, series: buckets },
    learningRateChart(history),
  ]);
}
