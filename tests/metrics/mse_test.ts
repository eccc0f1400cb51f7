import assert from "node:assert/strict";
import { mse } from "../../metrics/mse.ts";
import { mean } from "../../numerics/mean.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { video } from "../support/test_videos.ts";

const sizes = { frames: 3, height: 2, width: 2 };
const black = video(new Array(12).fill(0), sizes);
const clips = vectors.psnr_averaging.pred.map((frames) => video(frames.flat(3), sizes));

Deno.test("mse() gives the mean and OpenSTL's sum over pixels", () => {
  const over = (variant: "mean" | "sum") =>
    mean(clips.map((clip) => mean(mse(black, variant)(clip))));
  assertClose(over("mean"), vectors.psnr_averaging.plain_mse, 1e-12);
  assertClose(
    over("sum"),
    vectors.psnr_averaging["openstl_mse_no_spatial_norm (sum over C,H,W of mean over B,T)"],
    1e-12,
  );
});

Deno.test("mse() of the foreground counts pixels where the reference is above 0", () => {
  const reference = video([0, 0.5, 1, 0], { frames: 2, height: 1, width: 2 });
  const candidate = video([0.9, 0.25, 0.5, 0.9], { frames: 2, height: 1, width: 2 });
  assert.deepEqual([...mse(reference, "foreground")(candidate)], [0.0625, 0.25]);
  const dark = video([0, 0, 0, 0], { frames: 2, height: 1, width: 2 });
  assert.ok(mse(dark, "foreground")(candidate).every(Number.isNaN));
});

Deno.test("mse() names both shapes when they differ", () => {
  assert.throws(
    () => mse(black)(video([0], { frames: 1, height: 1, width: 1 })),
    /Cannot compare videos: the candidate is \[1, 1, 1, 1\], the reference \[3, 2, 2, 1\]/,
  );
});
