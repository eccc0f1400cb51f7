import assert from "node:assert/strict";
import { crpsOfVideos } from "../../metrics/crps.ts";
import type { Features } from "../../metrics/features.ts";
import { frechetDistanceOfFeatures } from "../../metrics/frechet_distance.ts";
import { polynomialMmd } from "../../metrics/kid.ts";
import { metrics } from "../../metrics/mod.ts";
import { mse } from "../../metrics/mse.ts";
import { manifoldScores } from "../../metrics/precision_recall.ts";
import { averagePsnr } from "../../metrics/psnr.ts";
import { ssim } from "../../metrics/ssim.ts";
import type { Comparison, Video } from "../../metrics/video.ts";
import { mean } from "../../numerics/mean.ts";
import { RunningCovariance } from "../../numerics/running_covariance.ts";
import { metricSuite } from "../support/metric_suite.ts";

const overClips =
  (against: (reference: Video) => Comparison) =>
  (candidates: readonly Video[], references: readonly Video[]) =>
    mean(candidates.map((clip, i) => mean(against(references[i]!)(clip))));

metricSuite(metrics.mse, overClips((reference) => mse(reference)));
metricSuite(metrics.ssim, overClips((reference) => ssim(reference)));
metricSuite(
  metrics.psnr,
  (candidates, references) =>
    averagePsnr(candidates.map((clip, i) => mse(references[i]!)(clip)), "frame"),
);
// An ensemble of the candidate and its half: with one member CRPS would be symmetric.
metricSuite(metrics.crps, (candidates, references) =>
  mean(candidates.map((clip, i) => {
    const same = clip === references[i];
    const half = { ...clip, data: clip.data.map((x) => x / 2) };
    return mean(crpsOfVideos(same ? [clip, clip] : [clip, half], references[i]!));
  })));
const featuresOf = (clips: readonly Video[], dimensions = 26): Features => {
  const data = Float64Array.from(clips.flatMap(({ data }) => [...data]));
  return { data, count: data.length / dimensions, dimensions };
};
metricSuite(
  metrics.fid,
  (candidates, references) =>
    frechetDistanceOfFeatures(featuresOf(candidates), featuresOf(references)).value,
);
// The biased estimate, because the unbiased one of a set with itself is below 0 and not fixed.
metricSuite(
  metrics.kid,
  (candidates, references) =>
    polynomialMmd(featuresOf(candidates), featuresOf(references), "biased"),
);
// Pixels of two channels: in many dimensions a disturbed row stays nearest to where it came from.
for (const id of ["precision", "recall", "coverage"] as const) {
  metricSuite(metrics[id], (candidates, references) => {
    const scores = manifoldScores(featuresOf(candidates, 2), featuresOf(references, 2));
    return scores[id];
  });
}

Deno.test("statistics of features do not depend on how rows are batched", () => {
  const rows = Float64Array.from({ length: 300 * 5 }, (_, i) => Math.sin(i * i));
  const whole = new RunningCovariance(5);
  whole.add(rows);
  const parts = new RunningCovariance(5);
  for (let start = 0; start < 300; start += 7) parts.add(rows.subarray(start * 5, (start + 7) * 5));
  assert.deepEqual(parts.covariance(), whole.covariance());
  assert.deepEqual(parts.mean(), whole.mean());
});
