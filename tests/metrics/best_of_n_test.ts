import assert from "node:assert/strict";
import { bestOfN } from "../../metrics/best_of_n.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";

const expected = vectors.best_of_n;
const psnr = expected["psnr[video][sample][frame]"];
const ssim = expected["ssim[video][sample][frame]"];

Deno.test("bestOfN() chooses on the mean of the sequence, for each metric alone", () => {
  const { best, mean, chosen } = bestOfN(psnr, "higher");
  assert.equal(
    best,
    expected[
      "psnr_best_of_3 = mean_v max_s mean_t (SVG/SRVP/MCVD: best chosen per metric on the sequence mean)"
    ],
  );
  assertClose(mean, expected.psnr_mean_over_samples, 1e-12);
  assert.notEqual(best, expected["psnr_per_frame_max_WRONG (max taken per frame)"]);
  assert.deepEqual([...chosen], [1, 1]);
  assertClose(bestOfN(ssim, "higher").best, expected.ssim_best_of_3, 1e-12);
});

Deno.test("bestOfN() lets another metric's choice be followed", () => {
  const { chosen } = bestOfN(ssim, "higher");
  const frames = [...chosen].map((sample, clip) => psnr[clip]![sample]!);
  const curve = [0, 1].map((t) => (frames[0]![t]! + frames[1]![t]!) / 2);
  assert.deepEqual(curve, expected.per_frame_curve_of_best_ssim_sample);
  const mean = (curve[0]! + curve[1]!) / 2;
  assert.equal(mean, expected["psnr_of_sample_with_best_ssim (one choice for all metrics)"]);
});

Deno.test("bestOfN() takes the lowest where lower is better", () => {
  const { best, chosen, bestOfClip, meanOfClip } = bestOfN([[[3], [1], [2]]], "lower");
  assert.deepEqual([best, chosen[0], bestOfClip[0], meanOfClip[0]], [1, 1, 1, 2]);
});
