import assert from "node:assert/strict";
import { type Clips, clipsKind } from "../../artifacts/clips.ts";
import { type Curves, curvesKind } from "../../artifacts/curves.ts";
import { type FeatureExtractor, featureExtractorKind } from "../../artifacts/feature_extractor.ts";
import { type FeatureStats, featureStatsKind } from "../../artifacts/feature_stats.ts";
import { type Images, imagesKind } from "../../artifacts/images.ts";
import { type Media, mediaKind, readMediaIndex } from "../../artifacts/media.ts";
import { artifactKinds } from "../../artifacts/mod.ts";
import { type Scores, scoresKind } from "../../artifacts/scores.ts";
import { type Weights, weightsKind } from "../../artifacts/weights.ts";
import { artifactSuite, replaced, truncated } from "../support/artifact_suite.ts";

const clips: Clips = {
  frames: Uint8Array.from({ length: 2 * 3 * 2 * 2 }, (_, index) => index * 7),
  shape: [2, 3, 2, 2, 1],
  split: "test",
  contextFrames: 1,
  samplesPerClip: 2,
  source: 'Clips of "ü" \ud800',
};
const { frames: _frames, ...clipsWithoutFrames } = clips;
const floatClips: Clips = { ...clips, frames: Float32Array.from(clips.frames, (v) => v / 255) };

artifactSuite(clipsKind, [clips, floatClips], { ...clipsWithoutFrames, frames: clips.frames }, [
  { name: "a file that is cut off", file: "frames.npy", damage: truncated, error: /24 bytes/ },
  {
    name: "a field of a wrong type",
    file: "clips.json",
    damage: replaced('"contextFrames":1', '"contextFrames":"1"'),
    error: /field "contextFrames"/,
  },
  {
    name: "an unknown field",
    file: "clips.json",
    damage: replaced('"split"', '"splt":1,"split"'),
    error: /splt/,
  },
  { name: "text that is no JSON", file: "clips.json", damage: truncated, error: /must be JSON/ },
]);

const images: Images = {
  pixels: Float32Array.of(0, 0.5, 1, -0),
  shape: [2, 1, 2, 1],
  labels: Int32Array.of(3, -1),
  split: "train",
  source: "two images",
};
const { labels: _labels, ...unlabelled } = images;

const named: Images = { ...images, classes: ["cat", 'd"g', ""] };

artifactSuite(imagesKind, [images, unlabelled, named], {
  labels: Int32Array.of(3, -1),
  ...unlabelled,
}, [
  { name: "damaged labels", file: "labels.npy", damage: truncated, error: /8 bytes/ },
  {
    name: "an unknown split",
    file: "images.json",
    damage: replaced("train", "trail"),
    error: /field "split"/,
  },
]);

const weights: Weights = {
  model: "unet",
  config: { channels: [16, 32], attention: null, name: "ä" },
  parameters: {
    "b.kernel": { shape: [2, 2], data: Float32Array.of(1, -0, NaN, 3e38) },
    "a.bias": { shape: [], data: Float32Array.of(5) },
    "c.empty": { shape: [0, 3], data: new Float32Array() },
  },
  ema: { "a.bias": { shape: [1], data: Float32Array.of(4) } },
  step: 12,
};
const { ema: _ema, ...notAveraged } = weights;
const reordered: Weights = {
  ...weights,
  config: { name: "ä", attention: null, channels: [16, 32] },
  parameters: Object.fromEntries(Object.entries(weights.parameters).reverse()),
};

artifactSuite(weightsKind, [weights, notAveraged], reordered, [
  { name: "damaged tensors", file: "parameters.safetensors", damage: truncated, error: /./ },
  {
    name: "a step that is no number",
    file: "weights.json",
    damage: replaced('"step":12', '"step":-12'),
    error: /field "step"/,
  },
]);

const extractor: FeatureExtractor = {
  name: "digits",
  model: "digit_classifier",
  config: {},
  dimensions: 128,
  parameters: { kernel: { shape: [1], data: Float32Array.of(0.1) } },
  facts: { accuracy: 0.99 },
};

artifactSuite(featureExtractorKind, [extractor], { ...extractor }, [{
  name: "a missing field",
  file: "feature_extractor.json",
  damage: replaced('"dimensions":128,', ""),
  error: /field "dimensions"/,
}]);

const stats: FeatureStats = {
  mean: Float64Array.of(0.1, -2),
  covariance: Float64Array.of(1, 0.5, 0.5, 3),
  count: 50,
  extractor: "digits 3f2a1c",
};

artifactSuite(featureStatsKind, [stats], { ...stats }, [
  {
    name: "statistics that are cut off",
    file: "stats.npz",
    damage: truncated,
    error: /end record/,
  },
  {
    name: "an extractor that is no text",
    file: "feature_stats.json",
    damage: replaced('"digits 3f2a1c"', "3"),
    error: /field "extractor"/,
  },
]);

const curves: Curves = {
  charts: [{
    title: "Loss",
    xLabel: "step",
    yLabel: "loss (1)",
    logY: true,
    series: [{ name: "train", points: [[0, 1e-300], [1, -0]], band: [[0, 1], [0.1, 0.2]] }],
  }, { title: "", xLabel: "", yLabel: "", series: [] }],
};

artifactSuite(curvesKind, [curves, { charts: [] }], { charts: [...curves.charts] }, [{
  name: "a point with one coordinate",
  file: "curves.json",
  damage: replaced("[1,-0]", "[1]"),
  error: /charts\.0\.series\.0\.points\.1/,
}]);

const scores: Scores = {
  scores: [
    { metric: "psnr", value: 20.5, unit: "dB", better: "higher", count: 3, protocol: "p", of: "o" },
    {
      metric: "fid[digits 3f2a1c]",
      value: 1e21,
      unit: "1",
      better: "lower",
      count: 3,
      protocol: "",
      of: "x",
      interval: 0.5,
    },
  ],
};

artifactSuite(scoresKind, [scores], { scores: [...scores.scores] }, [{
  name: "a direction that is none",
  file: "scores.json",
  damage: replaced('"higher"', '"up"'),
  error: /scores\.0\.better/,
}]);

const media: Media = {
  items: [{
    name: "row_0.gif",
    type: "image/gif",
    width: 3,
    height: 2,
    caption: "Row 0",
    bytes: Uint8Array.of(71, 73, 70),
  }],
};

artifactSuite(mediaKind, [media, { items: [] }], { items: [...media.items] }, [{
  name: "a name that leads elsewhere",
  file: "media.json",
  damage: replaced("row_0.gif", "../row.gif"),
  error: /items\.0\.name/,
}]);

Deno.test("mediaKind.encode() refuses two items of one name", () => {
  const [item] = media.items;
  assert.ok(item);
  assert.throws(() => mediaKind.encode({ items: [item, item] }), /"row_0.gif" comes twice/);
});

Deno.test("readMediaIndex() reads no picture", async () => {
  const files = mediaKind.encode(media);
  const index = await readMediaIndex({
    names: [...files.keys()],
    read: (name) => {
      assert.equal(name, "media.json");
      return Promise.resolve(files.get(name) ?? new Uint8Array());
    },
  });
  assert.deepEqual(index.map(({ caption }) => caption), ["Row 0"]);
});

Deno.test("scoresKind.encode() refuses a value that JSON cannot hold, by its path", () => {
  const [score] = scores.scores;
  assert.ok(score);
  assert.throws(
    () => scoresKind.encode({ scores: [{ ...score, value: Infinity }] }),
    /\$\.scores\[0\]\.value must be a finite number, but it is Infinity/,
  );
});

Deno.test("artifactKinds has each kind under its id", () => {
  for (const [id, kind] of Object.entries(artifactKinds)) assert.equal(kind.id, id);
});
