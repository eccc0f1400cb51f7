/** What training of the residual diffusion looked like. */

import type { Chart, Curves, Series } from "../../artifacts/curves.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { LossId } from "../../diffusion/objective.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { NOISE_BUCKETS } from "./validate_residual.ts";

/** Charts of the training loss, of the validation loss per quarter of noise if there was one, and of the rate. */
export function residualCurves(
  history: readonly HistoryEntry[],
  { loss, objective }: { readonly loss: LossId; readonly objective: string },
  schedule: NoiseSchedule,
): Curves {
  const xLabel = "optimiser step";
  const unit = `${loss === "l1" ? "mean absolute" : "mean squared"} error of ${objective}`;
  const quarter = schedule.steps / NOISE_BUCKETS;
  const buckets = Array.from({ length: NOISE_BUCKETS }, (_, i): Series => {
    const [from, to] = [Math.ceil(i * quarter), Math.ceil((i + 1) * quarter) - 1];
    return { name: `diffusion steps ${from} to ${to}`, points: pointsOf(history, `bucket${i}`) };
  });
  const charts: Chart[] = [
    {
      title: "Training loss of the denoiser",
      xLabel,
      yLabel: unit,
      logY: true,
      series: [{ name: "loss", points: pointsOf(history, "loss") }],
    },
    {
      title: "Validation loss by noise",
      xLabel,
      yLabel: unit,
      logY: true,
      series: buckets.filter(({ points }) => points.length > 0),
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
