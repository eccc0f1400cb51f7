/** What training of Stochastic Video Generation looked like. */

import type { Chart, Curves, Series } from "../../artifacts/curves.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { curvesOf, learningRateChart, seriesOf, STEP_LABEL } from "./history_charts.ts";
import { collapsedOf, finalDivergences } from "./posterior_collapse.ts";
import { betaAt, forcingAt, type SvgPlan } from "./svg_batches.ts";
import { TOLD } from "./svg_loss.ts";
import type { SvgParams } from "./svg_params.ts";

/** Curves of single latent numbers beyond these would hide each other. */
const MOST_SINGLE = 12;

/** All curves in one chart as shares of their largest values, then each by itself with its unit. */
export function svgCurves(
  history: readonly HistoryEntry[],
  params: SvgParams,
  plan: SvgPlan,
): Curves {
  const steps = history.filter(({ values }) => values.loss !== undefined).map(({ step }) => step);
  const scheduled = (name: string, at: typeof betaAt): Series => ({
    name,
    // The step that was the k-th has index k − 1.
    points: steps.map((step) => [step, at(params, plan, step - 1)]),
  });
  const loss = seriesOf(history, "loss", "loss");
  const mse = seriesOf(history, TOLD.mse, "squared error");
  const kl = seriesOf(history, TOLD.kl, "KL divergence");
  const beta = scheduled("beta", betaAt);
  const forcing = scheduled("teacher forcing", forcingAt);
  const psnr = seriesOf(history, "psnr", "validation PSNR");
  const chart = (title: string, yLabel: string, ...series: Series[]): Chart => ({
    title,
    xLabel: STEP_LABEL,
    yLabel,
    series,
  });
  return curvesOf([
    chart(
      "Loss, KL divergence, beta, teacher forcing and PSNR",
      "share of each curve's largest value",
      ...[loss, kl, beta, forcing, psnr].map(asShares),
    ),
    { ...chart("Loss", "squared error + beta KL, sum over frames", loss), logY: true },
    { ...chart("Reconstruction", "mean squared error per pixel", mse), logY: true },
    chart("KL divergence", "nats per frame", kl),
    ...latentCharts(history, params.latent),
    chart("Weight of the KL divergence", "beta", beta),
    chart("Teacher forcing", "probability of a true frame", forcing),
    chart("Samples of validation clips", "PSNR (dB)", psnr),
    learningRateChart(history),
  ]);
}

/** Divided by the largest value, which the name tells. */
function asShares({ name, points }: Series): Series {
  const largest = points.reduce((most, [, y]) => Math.max(most, Math.abs(y)), 0);
  if (largest === 0) return { name: `${name} (always 0)`, points };
  return {
    name: `${name} (1 = ${Number(largest.toPrecision(3))})`,
    points: points.map(([x, y]) => [x, y / largest]),
  };
}

/** KL divergence of latent numbers: over steps, and at the end. */
function latentCharts(history: readonly HistoryEntry[], latent: number): Chart[] {
  const final = finalDivergences(history, { latent, keyOf: TOLD.klOf });
  const collapsed = collapsedOf(final);
  const verdict = collapsed === 0
    ? "all carry information"
    : `${collapsed} of ${latent} carry nothing (posterior collapse)`;
  const order = Array.from(final.keys()).sort((a, b) => final[b]! - final[a]!);
  const shown = latent <= MOST_SINGLE ? order : spread(order);
  return [
    {
      title: "KL divergence of latent numbers",
      xLabel: STEP_LABEL,
      yLabel: "nats per frame",
      series: shown.map((i) =>
        seriesOf(history, TOLD.klOf(i), `z${i + 1}${rankOf(order.indexOf(i), latent)}`)
      ),
    },
    {
      title: `KL divergence by latent number at the end: ${verdict}`,
      xLabel: "latent number, most informative first",
      yLabel: "nats per frame",
      series: [{
        name: "mean of the last tenth",
        points: order.map((i, rank) => [rank + 1, final[i]!]),
      }],
    },
  ];
}

/** The first, the last and those evenly between. */
function spread(order: readonly number[]): number[] {
  return Array.from(
    { length: MOST_SINGLE },
    (_, k) => order[Math.round(k * (order.length - 1) / (MOST_SINGLE - 1))]!,
  );
}

function rankOf(place: number, latent: number): string {
  return latent <= MOST_SINGLE ? "" : ` (rank ${place + 1} of ${latent})`;
}
