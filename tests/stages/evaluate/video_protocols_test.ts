import assert from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import type { Score } from "../../../artifacts/scores.ts";
import { confidenceInterval } from "../../../metrics/confidence_interval.ts";
import { psnr } from "../../../metrics/psnr.ts";
import { ssim } from "../../../metrics/ssim.ts";
import type { Video } from "../../../metrics/video.ts";
import { mean } from "../../../numerics/mean.ts";
import { takeFrames } from "../../../stages/evaluate/predictions.ts";
import { evaluateVideo } from "../../../stages/evaluate/video.ts";
import { assertClose } from "../../support/assert_close.ts";
import { hashUniform } from "../../support/hash_uniform.ts";
import { input, stageContext } from "../../support/stage_context.ts";

const CLIPS = 3;
const SAMPLES = 3;
const FRAMES = 4;
const CONTEXT = 1;
const EDGE = 12;

/** Colour noise, so that channels matter. */
function noise(count: number, salt: number): Clips {
  const length = count * FRAMES * EDGE * EDGE * 3;
  return {
    frames: Uint8Array.from({ length }, (_, i) => Math.floor(256 * hashUniform(i, salt, 1))),
    shape: [count, FRAMES, EDGE, EDGE, 3],
    split: "test",
    contextFrames: CONTEXT,
    samplesPerClip: 1,
    source: "noise",
  };
}

const truth = noise(CLIPS, 1);
const length = FRAMES * EDGE * EDGE * 3;
/** Truth and noise, in another mixture for each sample; red is nearer than the other channels. */
const samples: Clips = {
  ...noise(CLIPS * SAMPLES, 2),
  frames: Uint8Array.from({ length: CLIPS * SAMPLES * length }, (_, i) => {
    const sample = Math.floor(i / length);
    const true_ = truth.frames[Math.floor(sample / SAMPLES) * length + i % length]!;
    const share = (0.1 + 0.3 * hashUniform(sample, 0, 3)) * (i % 3 === 0 ? 0.2 : 1);
    return Math.round(true_ + share * (256 * hashUniform(i, 4, 1) - true_));
  }),
  split: "generated",
  samplesPerClip: SAMPLES,
};

async function run(params: Record<string, unknown>, given: Record<string, Clips> = {}) {
  const { scores, curves } = await evaluateVideo.run({
    ...stageContext({ backend: "cpu", threads: 1 }).context,
    params: evaluateVideo.params.parse(params),
    inputs: {
      generated: input(given.generated ?? samples),
      reference: input(given.reference ?? truth),
      predictions: given.predictions && input(given.predictions),
      train: undefined,
      features: undefined,
    },
  });
  const find = (metric: string, of: string): Score => {
    const found = scores.scores.filter((score) => score.metric === metric && score.of === of);
    assert.equal(found.length, 1, `${metric} of ${of}`);
    return found[0]!;
  };
  return { scores: scores.scores, curves, find };
}

/** `[clip][sample]` of a value of the predicted frames. */
function table(value: (truth: Video, sample: Video) => number): number[][] {
  return Array.from(
    { length: CLIPS },
    (_, clip) =>
      Array.from({ length: SAMPLES }, (_, sample) =>
        value(
          takeFrames(truth, clip, CONTEXT, FRAMES),
          takeFrames(samples, clip * SAMPLES + sample, CONTEXT, FRAMES),
        )),
  );
}

const best = (values: readonly number[][]) => values.map((own) => Math.max(...own));

Deno.test("protocol srvp takes the best sample by each metric, channels apart, with SRVP's interval", async () => {
  const { find } = await run({ protocol: "srvp" });
  const psnrs = best(table((a, b) => mean(psnr(a, "separate")(b))));
  const ssims = best(table((a, b) => mean(ssim(a, "wang")(b))));
  for (const [metric, perClip] of [["psnr[srvp]", psnrs], ["ssim[srvp]", ssims]] as const) {
    const score = find(metric, "samples, best of 3");
    assertClose(score.value, mean(perClip), 1e-12);
    assertClose(score.interval!, confidenceInterval(perClip, "srvp"), 1e-12);
    assert.match(score.protocol, /^SRVP's protocol: /);
  }
  // Channels of unequal errors: their mean PSNR is above the PSNR of their mean error.
  const { find: findJoint } = await run({});
  const of = "samples, mean of 3";
  assert.ok(find("psnr[srvp]", of).value > findJoint("psnr", of).value + 1);
});

Deno.test("protocol svg scores the sample of the highest SSIM by all metrics, without interval", async () => {
  const psnrs = table((a, b) => mean(psnr(a, "separate")(b)));
  const ssims = table((a, b) => mean(ssim(a, "svg")(b)));
  const chosen = ssims.map((own) => own.indexOf(Math.max(...own)));
  const { find, curves, scores } = await run({ protocol: "svg" });
  const of = "samples, best of 3 by SSIM";
  assertClose(find("ssim[svg]", of).value, mean(best(ssims)), 1e-12);
  assertClose(find("psnr[svg]", of).value, mean(psnrs.map((own, i) => own[chosen[i]!]!)), 1e-12);
  assert.ok(
    scores.every((score) =>
      score.interval === undefined || score.metric === "crps" || score.metric === "crps[fair]"
    ),
  );
  const chart = curves.charts.find(({ title }) => title === "PSNR by frame")!;
  const curve = chart.series.find(({ name }) => name === of)!;
  assertClose(mean(curve.points.map(([, y]) => y)), find("psnr[svg]", of).value, 1e-12);
});

Deno.test("protocol svg chooses by SSIM even where PSNR would choose another sample", async () => {
  // Sample 0 is the truth, 0.1 brighter: right structure, 20 dB. Sample 1 is noise of 0.05: 26 dB.
  const { frames } = truth;
  const bright = (v: number) => Math.min(1, 0.2 + 0.2 * v / 255);
  const reference: Clips = { ...truth, frames: Float32Array.from(frames, bright) };
  const two = new Float32Array(2 * frames.length);
  for (let i = 0; i < two.length; i++) {
    const sample = Math.floor(i / length);
    const true_ = reference.frames[Math.floor(sample / 2) * length + i % length]!;
    two[i] = true_ + (sample % 2 === 0 ? 0.1 : 0.1 * (hashUniform(i, 9, 1) - 0.5) * Math.sqrt(3));
  }
  const generated: Clips = {
    ...samples,
    frames: two,
    shape: [2 * CLIPS, FRAMES, EDGE, EDGE, 3],
    samplesPerClip: 2,
  };
  const { find } = await run({ protocol: "svg" }, { generated, reference });
  assertClose(find("psnr[svg]", "samples, best of 2 by SSIM").value, 20, 1e-4);
  const { find: own } = await run({ protocol: "srvp" }, { generated, reference });
  assert.ok(own("psnr[srvp]", "samples, best of 2").value > 25);
});

Deno.test("protocol mcvd takes PSNR of each clip's error, SSIM of 8 bits, and MCVD's interval", async () => {
  const { find, curves } = await run({ protocol: "mcvd" });
  const psnrs = best(table((a, b) => {
    const errors = a.data.map((value, i) => (value - b.data[i]!) ** 2);
    return -10 * Math.log10(mean(errors));
  }));
  const ssims = best(table((a, b) => mean(ssim(a, "mcvd")(b))));
  for (const [metric, perClip] of [["psnr[mcvd]", psnrs], ["ssim[mcvd]", ssims]] as const) {
    const score = find(metric, "samples, best of 3");
    assertClose(score.value, mean(perClip), 1e-9);
    assertClose(score.interval!, confidenceInterval(perClip, "sample"), 1e-9);
  }
  assert.deepEqual(curves.charts.map(({ title }) => title), ["PSNR by frame", "SSIM by frame"]);
});

Deno.test("protocol mcvd_mnist rounds pixels for SSIM, half to 0, and for nothing else", async () => {
  const levels = (values: readonly number[]): Clips => ({
    ...truth,
    frames: Float32Array.from({ length: CLIPS * length }, (_, i) => {
      const isInk = hashUniform(i - i % 3, 7, 1) > 0.5;
      return isInk ? values[1]! : values[0]!;
    }),
  });
  const reference = levels([0, 1]);
  const generated: Clips = { ...levels([0.5, 0.51]), split: "generated" };
  const { find } = await run({ protocol: "mcvd_mnist" }, { generated, reference });
  assertClose(find("ssim[mcvd_mnist]", "samples").value, 1, 1e-12);
  const plain = await run({ protocol: "mcvd" }, { generated, reference });
  assert.ok(plain.find("ssim[mcvd]", "samples").value < 0.5);
  assert.equal(
    find("psnr[mcvd_mnist]", "samples").value,
    plain.find("psnr[mcvd]", "samples").value,
  );
});

Deno.test("protocols refuse parameters that they fix, and svg metrics without ssim", async () => {
  await assert.rejects(
    run({ protocol: "srvp", psnr: "video" }),
    /protocol "srvp": it fixes psnr and ssim, so leave .* they are "video" and "wang"/,
  );
  await assert.rejects(run({ protocol: "mcvd", ssim: "mcvd" }), /they are "frame" and "mcvd"/);
  await assert.rejects(
    run({ protocol: "svg", metrics: ["psnr"] }),
    /protocol "svg": it chooses samples by ssim/,
  );
});

Deno.test("evaluateVideo scores the mean frame of samples, and names predictions as told", async () => {
  const { find } = await run({ metrics: ["mse"], ensemble: true, predictedBy: "mean latents" }, {
    predictions: truth,
  });
  const clip = (i: number) => takeFrames(samples, i, CONTEXT, FRAMES).data;
  const perClip = Array.from({ length: CLIPS }, (_, c) => {
    const own = [0, 1, 2].map((sample) => clip(c * SAMPLES + sample));
    const target = takeFrames(truth, c, CONTEXT, FRAMES).data;
    return mean(target.map((value, i) => (value - mean(own.map((data) => data[i]!))) ** 2));
  });
  assertClose(find("mse", "mean of the frames of 3 samples").value, mean(perClip), 1e-12);
  assert.equal(find("mse", "mean latents").value, 0);
});
