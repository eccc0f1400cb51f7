/** From values per clip, sample and frame to scores and curves. */

import type { Series } from "../../artifacts/curves.ts";
import type { Score } from "../../artifacts/scores.ts";
import { bestOfN } from "../../metrics/best_of_n.ts";
import { confidenceInterval, type IntervalConvention } from "../../metrics/confidence_interval.ts";
import type { MetricInfo } from "../../metrics/metric.ts";
import { mean } from "../../numerics/mean.ts";
import type { FrameMeasure } from "./frame_measures.ts";

/** `[clip][sample]`, each an array over frames. */
export type SampleValues = readonly (readonly Float64Array[])[];

/** What a protocol says of the samples of a clip, beside what a metric is. */
export interface RowRule {
  /** The best sample of each clip by another metric, and its name; absent: by the metric itself. */
  readonly chosen?: { readonly by: string; readonly samples: Int32Array };
  /** null: none is given. */
  readonly interval: IntervalConvention | null;
}

const OWN_RULE: RowRule = { interval: "sample" };

/** Best and mean of the samples of each clip; one score where there is one sample. */
export function scoresOfRow(
  measure: FrameMeasure,
  of: string,
  values: SampleValues,
  { chosen, interval }: RowRule = OWN_RULE,
): Score[] {
  // A clip whose frames all have no foreground has no value.
  const clips = [...values.keys()].filter((clip) =>
    values[clip]!.every((frames) => frames.length > 0)
  );
  const scored = clips.map((clip) => values[clip]!);
  if (scored.length === 0) return [];
  const { metric, info, protocol, choose, finish } = measure;
  const { bestOfClip: ownBest, meanOfClip } = bestOfN(scored, choose);
  const bestOfClip = chosen
    ? Float64Array.from(clips, (clip) => mean(values[clip]![chosen.samples[clip]!]!))
    : ownBest;
  const shared = { metric, unit: info.unit, better: info.better, protocol };
  const score = (of: string, perClip: Float64Array): Score => {
    if (finish) return { ...shared, of, value: finish(mean(perClip)), count: perClip.length };
    return withInterval({ ...shared, of }, perClip, interval);
  };
  const samples = scored[0]!.length;
  if (samples === 1) return [score(of, bestOfClip)];
  return [
    score(`${of}, best of ${samples}${chosen ? ` by ${chosen.by}` : ""}`, bestOfClip),
    score(`${of}, mean of ${samples}`, meanOfClip),
  ];
}

/** The mean over clips with its 95 % interval. */
export function withInterval(
  score: Omit<Score, "value" | "count" | "interval">,
  perClip: ArrayLike<number>,
  convention: IntervalConvention | null = "sample",
): Score {
  const interval = convention === null ? NaN : confidenceInterval(perClip, convention);
  const shared = { ...score, value: mean(perClip), count: perClip.length };
  return Number.isFinite(interval) ? { ...shared, interval } : shared;
}

/**
 * Curves over frames: the best sample of each clip (chosen by this metric's mean over the sequence, or by the
 * rule), and the mean of its samples.
 * @param firstFrame Number of the first predicted frame, counted from 1.
 */
export function seriesOfRow(
  info: MetricInfo,
  of: string,
  values: SampleValues,
  firstFrame: number,
  rule: RowRule = OWN_RULE,
): Series[] {
  const samples = values[0]?.length ?? 0;
  const chosen = rule.chosen?.samples ?? bestOfN(values, info.better).chosen;
  const best = values.map((own, clip) => own[chosen[clip]!]!);
  if (samples === 1) return [seriesOf(of, best, firstFrame)];
  const means = values.map((own) => own[0]!.map((_, frame) => mean(own.map((v) => v[frame]!))));
  return [
    seriesOf(
      `${of}, best of ${samples}${rule.chosen ? ` by ${rule.chosen.by}` : ""}`,
      best,
      firstFrame,
    ),
    seriesOf(`${of}, mean of ${samples}`, means, firstFrame),
  ];
}

/** Mean over clips at each frame, with 95 % bands where there are several clips. */
function seriesOf(name: string, clips: readonly Float64Array[], firstFrame: number): Series {
  const frames = Array.from(clips[0] ?? [], (_, frame) => clips.map((values) => values[frame]!));
  const points = frames.map((values, frame) => [firstFrame + frame, mean(values)] as const);
  if (clips.length < 2) return { name, points };
  const band = frames.map((values) => {
    const half = confidenceInterval(values);
    return [mean(values) - half, mean(values) + half] as const;
  });
  return { name, points, band };
}
