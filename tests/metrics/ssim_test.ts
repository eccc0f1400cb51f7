import assert from "node:assert/strict";
import { ssim, type SsimPreset, ssimPresets } from "../../metrics/ssim.ts";
import type { Video } from "../../metrics/video.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { noiseVideo } from "../support/test_videos.ts";

const frame = (size: number, value: (i: number, j: number) => number): Video => ({
  data: Float64Array.from(
    { length: size * size },
    (_, index) => value(Math.floor(index / size), index % size),
  ),
  frames: 1,
  height: size,
  width: size,
  channels: 1,
});

const square = (top: number, left: number) =>
  frame(32, (i, j) => i >= top && i < top + 8 && j >= left && j < left + 8 ? 1 : 0);

const [sinNoise, constants] = vectors.ssim_psnr_images.cases;
const eightBit = (image: number[][]) => frame(16, (i, j) => image[i]![j]! / 255);

/** Images and their scores, from scikit-image 0.19.3 and torchmetrics' formula (>= 1.4.2). */
const cases: {
  name: string;
  x: Video;
  y: Video;
  scores: Partial<Record<SsimPreset, number>>;
}[] = [
  {
    name: "sin_noise 16 x 16",
    x: eightBit(sinNoise!.img1_uint8!),
    y: eightBit(sinNoise!.img2_uint8!),
    scores: {
      wang: 0.8685213384395684,
      mcvd: 0.8685213384395686,
      svg: 0.9243256530336516,
      openstl: 0.9243256530336516,
      torchmetrics: 0.8623984579974975,
    },
  },
  {
    name: "square_shift 32 x 32",
    x: square(8, 8),
    y: square(10, 9),
    scores: {
      wang: 0.5251218958627214,
      mcvd: 0.5251218958627214,
      svg: 0.7395932385520504,
      openstl: 0.7395932385520504,
      torchmetrics: 0.745209137259448,
    },
  },
  {
    name: "constants 128 and 64",
    x: frame(16, () => 128 / 255),
    y: frame(16, () => 64 / 255),
    scores: { wang: constants!.value!, torchmetrics: constants!.value! },
  },
];

for (const { name, x, y, scores } of cases) {
  for (const [preset, expected] of Object.entries(scores) as [SsimPreset, number][]) {
    Deno.test(`ssim() by "${preset}" of ${name} is ${expected.toFixed(4)}`, () => {
      // 1e-11: differences of squares of size 1 lose four of sixteen digits in flat regions.
      assertClose(ssim(y, preset)(x)[0]!, expected, 1e-11);
      assertClose(ssim(x, preset)(y)[0]!, expected, 1e-11);
    });
  }
}

Deno.test("the fixture's scores are those above", () => {
  const entries = Object.entries(sinNoise!).filter(([key]) => /wang_gauss|R2|full_mean/.test(key));
  assert.deepEqual(entries.map(([, value]) => value), [
    cases[0]!.scores.wang,
    cases[0]!.scores.mcvd,
    cases[0]!.scores.svg,
    cases[0]!.scores.torchmetrics,
  ]);
});

Deno.test("ssim() scores frames and channels apart", () => {
  const sizes = { frames: 2, height: 12, width: 13 };
  const [red, green] = [1, 2].map((seed) => noiseVideo(seed, sizes));
  const [x, y] = [3, 4].map((seed) => noiseVideo(seed, sizes));
  const join = (a: Video, b: Video): Video => ({
    ...a,
    channels: 2,
    data: Float64Array.from({ length: 2 * a.data.length }, (_, i) => (i % 2 ? b : a).data[i >> 1]!),
  });
  const values = ssim(join(red!, green!))(join(x!, y!));
  const [first, second] = [ssim(red!)(x!), ssim(green!)(y!)];
  values.forEach((value, i) => assertClose(value, (first[i]! + second[i]!) / 2, 1e-12));
});

Deno.test("ssim() refuses frames smaller than its window", () => {
  assert.throws(
    () => ssim(noiseVideo(1, { frames: 1, height: 10, width: 40 })),
    /Cannot compute SSIM "wang": its window of 11 needs larger frames than 10 x 40/,
  );
  assert.deepEqual(ssimPresets, ["wang", "svg", "openstl", "mcvd", "torchmetrics"]);
});
