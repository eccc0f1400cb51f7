import assert from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import type { FeatureExtractor } from "../../../artifacts/feature_extractor.ts";
import type { Score } from "../../../artifacts/scores.ts";
import { digitClassifierParameters } from "../../../models/digit_classifier.ts";
import { evaluateVideo } from "../../../stages/evaluate/video.ts";
import { initialise } from "../../../training/initialise.ts";
import { assertClose } from "../../support/assert_close.ts";
import { hashUniform } from "../../support/hash_uniform.ts";
import { input, stageContext } from "../../support/stage_context.ts";
import { tinyOnnx } from "../../support/tiny_onnx.ts";

const CLIPS = 4;
const FRAMES = 5;
const CONTEXT = 2;
const EDGE = 16;
const SIZE = EDGE * EDGE;

/** True clips with intensities in [0.25, 0.75]. */
function truth(change: Partial<Clips> = {}): Clips {
  return {
    frames: Float32Array.from(
      { length: CLIPS * FRAMES * SIZE },
      (_, i) => 0.25 + hashUniform(i, 0, 1) / 2,
    ),
    shape: [CLIPS, FRAMES, EDGE, EDGE, 1],
    split: "test",
    contextFrames: CONTEXT,
    samplesPerClip: 1,
    source: "noise",
    ...change,
  };
}

/** Samples that are the truth plus one constant each. */
function offsets(reference: Clips, ...constants: readonly number[]): Clips {
  const clip = FRAMES * SIZE;
  const frames = new Float32Array(CLIPS * constants.length * clip);
  for (let i = 0; i < frames.length; i++) {
    const sample = Math.floor(i / clip);
    const source = Math.floor(sample / constants.length) * clip + i % clip;
    frames[i] = reference.frames[source]! + constants[sample % constants.length]!;
  }
  return {
    ...reference,
    frames,
    shape: [CLIPS * constants.length, FRAMES, EDGE, EDGE, 1],
    split: "generated",
    samplesPerClip: constants.length,
  };
}

interface Run {
  readonly generated: Clips;
  readonly reference?: Clips;
  readonly predictions?: Clips;
  readonly train?: Clips;
  readonly features?: FeatureExtractor;
  readonly model?: Uint8Array;
  readonly params?: Record<string, unknown>;
}

async function run({ params = {}, model, ...given }: Run) {
  const { context } = stageContext({ backend: model ? "onnx" : "cpu", threads: 1 });
  const { generated, reference = truth(), predictions, train, features } = given;
  const openFile = (path: string) =>
    model ? Promise.resolve(model) : Promise.reject(new Error(`no file ${path}`));
  const { scores, curves } = await evaluateVideo.run({
    ...context,
    openFile,
    params: evaluateVideo.params.parse(params),
    inputs: {
      generated: input(generated),
      reference: input(reference),
      predictions: predictions && input(predictions),
      train: train && input(train),
      features: features && input(features, "3f2a1c".padEnd(64, "0")),
    },
  });
  const find = (metric: string, of: string): Score => {
    const found = scores.scores.filter((score) => score.metric === metric && score.of === of);
    assert.equal(found.length, 1, `${metric} of ${of}`);
    return found[0]!;
  };
  return { scores: scores.scores, curves, find };
}

Deno.test("evaluateVideo scores constant errors by their closed forms", async () => {
  const { find } = await run({ generated: offsets(truth(), 0.1, 0.2) });
  // Float32 frames: one part in 1e6.
  const expected: [metric: string, of: string, value: number][] = [
    ["mse", "samples, best of 2", 0.01],
    ["mse", "samples, mean of 2", 0.025],
    ["mse[sum]", "samples, best of 2", 0.01 * SIZE],
    ["mse[foreground]", "samples, mean of 2", 0.025],
    ["psnr", "samples, best of 2", 20],
    ["psnr", "samples, mean of 2", (20 - 20 * Math.log10(0.2)) / 2],
    // E|x - y| = 0.15; the members are 0.1 apart: 0.2 / 8 and 0.2 / 4.
    ["crps", "samples", 0.125],
    ["crps[fair]", "samples", 0.1],
  ];
  for (const [metric, of, value] of expected) {
    const score = find(metric, of);
    assertClose(score.value, value, 2e-6, `${metric} of ${of}`);
    assert.equal(score.count, CLIPS);
    assert.ok(score.interval! < 1e-6, "all clips score alike");
  }
});

Deno.test("evaluateVideo scores baselines and the predictor on predicted frames only", async () => {
  const reference = truth();
  const { find, scores } = await run({
    generated: offsets(reference, 0.1),
    predictions: offsets(reference, 0.05),
    train: truth({ frames: new Float32Array(CLIPS * FRAMES * SIZE).fill(0.5), split: "train" }),
  });
  const pixels = (clip: number, frame: number) =>
    reference.frames.subarray((clip * FRAMES + frame) * SIZE, (clip * FRAMES + frame + 1) * SIZE);
  const expected = (predict: (clip: number, pixel: number) => number) => {
    let sum = 0;
    for (let clip = 0; clip < CLIPS; clip++) {
      for (let frame = CONTEXT; frame < FRAMES; frame++) {
        pixels(clip, frame).forEach((value, i) => sum += (value - predict(clip, i)) ** 2);
      }
    }
    return sum / (CLIPS * (FRAMES - CONTEXT) * SIZE);
  };
  assertClose(find("mse", "samples").value, 0.01, 2e-6);
  assertClose(find("mse", "next-frame predictor").value, 0.0025, 2e-6);
  assertClose(find("mse", "black frame").value, expected(() => 0), 1e-9);
  assertClose(find("mse", "mean training frame").value, expected(() => 0.5), 1e-9);
  assertClose(find("mse", "copy last frame").value, expected((c, i) => pixels(c, 1)[i]!), 1e-9);
  const average = (c: number, i: number) => (pixels(c, 0)[i]! + pixels(c, 1)[i]!) / 2;
  assertClose(find("mse", "mean frame").value, expected(average), 1e-9);
  assert.ok(find("mse", "copy last frame").interval! > 0);
  assert.ok(!scores.some(({ metric }) => metric.startsWith("crps")), "one sample has no ensemble");
  for (const score of scores) {
    assert.ok(Number.isFinite(score.value) && score.protocol !== "" && score.unit !== "");
  }
});

Deno.test("evaluateVideo clips for PSNR and SSIM, and counts equal frames as 100 dB", async () => {
  const white = truth({ frames: new Float32Array(CLIPS * FRAMES * SIZE).fill(1) });
  const { find } = await run({ reference: white, generated: offsets(white, 0.5) });
  assert.equal(find("psnr", "samples").value, 100);
  assertClose(find("ssim", "samples").value, 1, 1e-12);
  assertClose(find("mse", "samples").value, 0.25, 1e-12);
});

Deno.test("evaluateVideo takes uint8 for value / 255", async () => {
  const frames = Uint8Array.from({ length: CLIPS * FRAMES * SIZE }, (_, i) => i % 200);
  const { find } = await run({
    reference: truth({ frames }),
    generated: offsets(truth({ frames: Float32Array.from(frames, (v) => v / 255) }), 0.1),
    params: { metrics: ["mse"] },
  });
  assertClose(find("mse", "samples").value, 0.01, 2e-6);
});

Deno.test("evaluateVideo names PSNR and SSIM of other conventions by brackets", async () => {
  const generated = offsets(truth(), 0.1, 0.3);
  const { find, scores, curves } = await run({
    generated,
    params: { metrics: ["psnr", "ssim"], psnr: "pooled", ssim: "openstl" },
  });
  assertClose(find("psnr[pooled]", "samples, best of 2").value, 20, 2e-6);
  // Clipping touches nothing here but 0.3 beyond 0.7.
  assert.ok(find("psnr[pooled]", "samples, mean of 2").value < 15);
  assert.equal(find("psnr[pooled]", "samples, best of 2").interval, undefined);
  assert.match(find("ssim[openstl]", "black frame").protocol, /R = 2/);
  assert.ok(!scores.some(({ metric }) => metric === "psnr" || metric === "ssim"));
  assert.deepEqual(curves.charts.map(({ title }) => title), ["PSNR by frame", "SSIM by frame"]);
  const video = await run({ generated, params: { metrics: ["psnr"], psnr: "video" } });
  assertClose(video.find("psnr[video]", "samples, best of 2").value, 20, 2e-6);
});

Deno.test("evaluateVideo draws curves over predicted frames with bands", async () => {
  const { curves } = await run({ generated: offsets(truth(), 0.1, 0.2) });
  const [psnr] = curves.charts;
  assert.deepEqual(psnr!.series.map(({ name }) => name), [
    "samples, best of 2",
    "samples, mean of 2",
    "copy last frame",
    "mean frame",
    "black frame",
  ]);
  for (const { points, band } of psnr!.series) {
    assert.deepEqual(points.map(([x]) => x), [3, 4, 5]);
    points.forEach(([, y], i) => assert.ok(band![i]![0] <= y && y <= band![i]![1]));
  }
  assertClose(psnr!.series[0]!.points[0]![1], 20, 2e-6);
});

Deno.test("evaluateVideo scores fewer samples and other context when told", async () => {
  const { find } = await run({
    generated: offsets(truth(), 0.2, 0.1, 0.1),
    params: { metrics: ["mse"], samples: 1, contextFrames: 0 },
  });
  assertClose(find("mse", "samples").value, 0.04, 2e-6);
  assert.throws(() => find("mse", "copy last frame"), /mse of copy last frame/);
});

const specs = { widths: [4, 4, 4, 3] } as const;
const extractor: FeatureExtractor = {
  name: "digits",
  model: "digit_classifier",
  config: specs,
  dimensions: 3,
  parameters: initialise(digitClassifierParameters(specs), 1n),
  facts: { testAccuracy: 0.99 },
};

Deno.test("evaluateVideo labels fid by its extractor and gives the noise floor", async () => {
  const reference = truth();
  const { find, scores } = await run({
    reference,
    generated: offsets(reference, 0),
    features: extractor,
    params: { metrics: ["fid"] },
  });
  const metric = "fid[digits 3f2a1c]";
  assert.ok(find(metric, "samples").value < 1e-9);
  assert.equal(find(metric, "samples").count, CLIPS * (FRAMES - CONTEXT));
  assert.ok(find(metric, "black frame").value > 0);
  const floor = find(metric, "real vs real");
  assert.equal(floor.count, (CLIPS / 2) * (FRAMES - CONTEXT));
  assert.ok(floor.value > 0);
  assert.equal(new Set(scores.map(({ protocol }) => protocol)).size, 1, "one column of the table");
  assert.match(floor.protocol, /sha256 3f2a1c.*99.00 %.*3 dimensions.*divisor N - 1/);
});

Deno.test("evaluateVideo adds kid beside fid when it is named, and then only", async () => {
  const given = { generated: offsets(truth(), 0.1), features: extractor };
  const { find, scores } = await run({ ...given, params: { metrics: ["fid", "kid"] } });
  const kid = find("kid[digits 3f2a1c]", "samples");
  const floor = find("kid[digits 3f2a1c]", "real vs real").value;
  assert.ok(find("kid[digits 3f2a1c]", "black frame").value > floor);
  assert.match(
    kid.protocol,
    /^Kernel distance of 3 features .* unbiased MMD², mean over 100 random/,
  );
  assert.equal(kid.count, find("fid[digits 3f2a1c]", "samples").count);
  const alone = await run({ ...given, params: { metrics: ["fid"] } });
  const isFid = ({ metric }: Score) => metric.startsWith("fid");
  assert.deepEqual(scores.filter(isFid), alone.scores);
  assert.ok((await run(given)).scores.every(({ metric }) => !metric.startsWith("kid")));
});

Deno.test("evaluateVideo compares fewer frames for fid when told", async () => {
  const { find } = await run({
    generated: offsets(truth(), 0.1),
    features: extractor,
    params: { metrics: ["fid"], fidFrames: 2 },
  });
  assert.equal(find("fid[digits 3f2a1c]", "samples").count, CLIPS * 2);
});

Deno.test("evaluateVideo runs a model file, in either layout, grey repeated as colour", async () => {
  const reference = truth();
  const generated = offsets(reference, 0.1);
  const values: number[] = [];
  for (const shape of [[-1, 3, EDGE, EDGE], [2, 1, -1, -1]]) {
    const model = tinyOnnx("GlobalAveragePool", shape);
    const { scores } = await run({
      reference,
      generated,
      model,
      params: { features: "models/mean.onnx", metrics: ["fid"] },
    });
    const score = scores.find(({ of }) => of === "samples")!;
    assert.match(score.metric, /^fid\[mean [0-9a-f]{6}\]$/);
    values.push(score.value);
  }
  // The mean of a frame rises by 0.1: |0.1|^2 per channel; covariances stay.
  assertClose(values[0]!, 0.03, 1e-4);
  assertClose(values[1]!, 0.01, 1e-4);
  await assert.rejects(
    run({ generated, model: tinyOnnx("Relu", [1, 3, 8, 8]), params: { features: "x.onnx" } }),
    /model "x.onnx" must take frames of 16x16 with 1 channels, but its shape is \[1, 3, 8, 8\]/,
  );
});

const refused: Record<string, [run: Run, message: RegExp]> = {
  "fid without an extractor": [
    { generated: offsets(truth(), 0), params: { metrics: ["fid"] } },
    /Cannot compute fid: connect input "features", or name an ONNX model/,
  ],
  "kid without an extractor": [
    { generated: offsets(truth(), 0), params: { metrics: ["psnr", "kid"] } },
    /Cannot compute kid: connect input "features", or name an ONNX model/,
  ],
  "two extractors": [
    { generated: offsets(truth(), 0), features: extractor, params: { features: "x.onnx" } },
    /input "features" or set the parameter "features", not both/,
  ],
  "an extractor of another network": [
    { generated: offsets(truth(), 0), features: { ...extractor, model: "inception" } },
    /input "features" must be one of .*digit_classifier.*, but it is a inception/,
  ],
  "samples of other clips": [
    { generated: { ...offsets(truth(), 0, 1), samplesPerClip: 3 } },
    /input "generated" must have 12 clips \(3 samples of each of 4 clips\), .* but it has 8/,
  ],
  "frames of another size": [
    { generated: { ...offsets(truth(), 0), shape: [CLIPS, FRAMES, 8, 32, 1] } },
    /input "generated" must have 16 height, as input "reference" has 16, but it has 8/,
  ],
  "training clips of another size": [
    { generated: offsets(truth(), 0), train: truth({ shape: [CLIPS, FRAMES, 8, 32, 1] }) },
    /input "train" must have 16 height/,
  ],
  "several videos of a true clip": [
    { generated: offsets(truth(), 0), reference: { ...offsets(truth(), 0, 0) } },
    /input "reference" must hold one video of each clip, but it holds 2 samples/,
  ],
  "other context frames": [
    { generated: { ...offsets(truth(), 0), contextFrames: 3 } },
    /"generated" was shown 3 context frames, but input "reference" has 2; set contextFrames/,
  ],
  "nothing left to score": [
    { generated: offsets(truth(), 0), params: { contextFrames: 5 } },
    /contextFrames must be below their 5 frames, but it is 5/,
  ],
  "more samples than there are": [
    { generated: offsets(truth(), 0), params: { samples: 2 } },
    /Cannot score 2 samples per clip: "noise" holds 1/,
  ],
  "values that are not finite": [
    { generated: offsets(truth(), 0, NaN) },
    /Cannot score "noise": clip 1 holds a value that is not finite/,
  ],
};

for (const [what, [given, message]] of Object.entries(refused)) {
  Deno.test(`evaluateVideo refuses ${what}`, async () => {
    await assert.rejects(run(given), message);
  });
}
