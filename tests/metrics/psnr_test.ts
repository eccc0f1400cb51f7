import assert from "node:assert/strict";
import { mse } from "../../metrics/mse.ts";
import { averagePsnr, psnr, psnrOfMse } from "../../metrics/psnr.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { video } from "../support/test_videos.ts";

const { pred, ...averaging } = vectors.psnr_averaging;
const clips = pred.map((frames) => video(frames.flat(3), { frames: 3, height: 2, width: 2 }));
const black = video(new Array(12).fill(0), { frames: 3, height: 2, width: 2 });

Deno.test("averagePsnr() orders mean and logarithm as each convention does", () => {
  const errors = clips.map(mse(black));
  assertClose(
    averagePsnr(errors, "frame"),
    averaging["a_mean_of_per_frame_psnr (SVG, SRVP with C=1, OpenSTL)"],
    1e-12,
  );
  assertClose(
    averagePsnr(errors, "video"),
    averaging["b_per_video_psnr_of_mean_frame_mse_then_mean (MCVD)"],
    1e-12,
  );
  assertClose(
    averagePsnr(errors, "pooled"),
    averaging["c_pooled_mse_then_psnr (torchmetrics default dim=None)"],
    1e-12,
  );
});

Deno.test("averagePsnr() counts equal frames as the cap", () => {
  assert.equal(averagePsnr([Float64Array.of(0, 0.01)], "frame", 100), 60);
  assert.equal(averagePsnr([Float64Array.of(0, 0.01)], "frame"), Infinity);
});

Deno.test("psnr() gives the PSNR of each frame", () => {
  const values = psnr(black)(clips[0]!);
  assertClose(values[0]!, 20, 1e-12);
  assertClose(values[1]!, psnrOfMse(averaging.mse_per_frame[0]![1]!), 1e-12);
});

Deno.test("psnr() of equal videos is Infinity", () => {
  assert.deepEqual([...psnr(clips[0]!)(clips[0]!)], [Infinity, Infinity, Infinity]);
});

Deno.test("psnr() joins channels or keeps them apart", () => {
  const reference = video([0, 0, 0], { frames: 1, height: 1, width: 1, channels: 3 });
  const errors = vectors.psnr_rgb.mse_per_channel.map(Math.sqrt);
  const candidate = video(errors, { frames: 1, height: 1, width: 1, channels: 3 });
  const expected = vectors.psnr_rgb;
  assertClose(
    psnr(reference)(candidate)[0]!,
    expected["psnr_of_mean_channel_mse (skimage on HWC, MCVD)"],
    1e-12,
  );
  assertClose(
    psnr(reference, "separate")(candidate)[0]!,
    expected["mean_of_channel_psnr (SVG, SRVP)"],
    1e-12,
  );
});

Deno.test("psnrOfMse() of the reference images is that of skimage", () => {
  for (const image of vectors.ssim_psnr_images.cases) {
    if (image.mse_01 === undefined) continue;
    assertClose(psnrOfMse(image.mse_01), image.psnr_data_range_1!, 1e-12);
  }
  // Declaring a range of 2 for data that spans 1 adds 20 log10 2 = 6.0206 dB.
  assertClose(psnrOfMse(0.01, 2) - psnrOfMse(0.01), 6.020599913279624, 1e-12);
});
