/** What training of an image diffusion looked like. */

import type { Curves } from "../../artifacts/curves.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { LossId, Objective } from "../../diffusion/objective.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { noiseBuckets } from "../../training/noise_buckets.ts";
import { curvesOf, learningRateChart, seriesOf, STEP_LABEL } from "./history_charts.ts";
import { VALIDATION_LOSS } from "./validate_ddpm.ts";

const DISTANCES: Readonly<Record<LossId, string>> = {
  l1: "mean absolute error",
  l2: "mean squared error",
  huber: "mean Huber distance",
};

/** Charts of the loss, of the validation loss per part of the noise if there was one, of rate and gradient. */
export function ddpmCurves(
  history: readonly HistoryEntry[],
  options: {
    readonly loss: LossId;
    readonly objective: Objective;
    readonly schedule: NoiseSchedule;
    readonly noiseBuckets: number;
  },
): Curves {
  const yLabel = `${DISTANCES[options.loss]} of ${options.objective}`;
  const buckets = noiseBuckets(options.schedule.steps, options.noiseBuckets);
  return curvesOf([
    {
      title: "Loss of the denoiser",
      xLabel: STEP_LABEL,
      yLabel,
      logY: true,
      series: [
        seriesOf(history, "loss", "training"),
        seriesOf(history, VALIDATION_LOSS, "validation"),
      ],
    },
    {
      title: "Validation loss by noise",
      xLabel: STEP_LABEL,
      yLabel,
      logY: true,
      series: buckets.map(({ name, label }) => seriesOf(history, name, label)),
    },
    learningRateChart(history),
    {
      title: "Gradient norm before clipping",
      xLabel: STEP_LABEL,
      yLabel: "L2 norm",
      logY: true,
      series: [seriesOf(history, "gradientNorm", "gradient norm")],
    },
  ]);
}
