import assert from "node:assert/strict";
import type { FeatureExtractor } from "../../../artifacts/feature_extractor.ts";
import type { FeatureStats } from "../../../artifacts/feature_stats.ts";
import type { Images } from "../../../artifacts/images.ts";
import type { Score } from "../../../artifacts/scores.ts";
import { evaluateFeatureStats } from "../../../stages/evaluate/feature_stats.ts";
import { evaluateImages } from "../../../stages/evaluate/images.ts";
import { trainImageFeatures } from "../../../stages/train/image_features.ts";
import { assertClose } from "../../support/assert_close.ts";
import { shapeImages } from "../../support/shape_images.ts";
import { input, stageContext } from "../../support/stage_context.ts";

/** Trained for a second: random features hardly tell noise from shapes. */
async function shapesExtractor(): Promise<FeatureExtractor> {
  const { context } = stageContext({ backend: "onnx", threads: 1 });
  const given = { name: "shapes", steps: 200, batch: 32, widths: [6, 8, 8], features: 8 };
  const { features } = await trainImageFeatures.run({
    ...context,
    params: trainImageFeatures.params.parse(given),
    inputs: { train: input(shapeImages(600, 9n)), heldOut: undefined },
  });
  return features;
}

const extractor = await shapesExtractor();
const DIGEST = "3f2a1c".padEnd(64, "0");

interface Given {
  readonly generated?: Images;
  readonly reference?: Images;
  readonly train?: Images;
  readonly features?: FeatureExtractor | undefined;
  readonly statistics?: FeatureStats;
  readonly params?: Record<string, unknown>;
}

const reference = shapeImages(120, 1n, { split: "test" });
const train = shapeImages(150, 2n);
const fresh = shapeImages(80, 3n, { split: "generated", source: "a model" });

async function run(given: Given = {}) {
  const { context, warnings } = stageContext({ backend: "onnx", threads: 1 });
  const features = "features" in given ? given.features : extractor;
  const { scores, curves, media } = await evaluateImages.run({
    ...context,
    params: evaluateImages.params.parse(given.params ?? {}),
    inputs: {
      generated: input(given.generated ?? fresh, "a"),
      reference: input(given.reference ?? reference, "b"),
      train: given.train && input(given.train, "c"),
      features: features && input(features, DIGEST),
      statistics: given.statistics && input(given.statistics),
    },
  });
  const find = (metric: string, of: string): Score => {
    const found = scores.scores.filter((score) => score.metric === metric && score.of === of);
    assert.equal(found.length, 1, `${metric} of ${of}`);
    return found[0]!;
  };
  return { scores: scores.scores, find, charts: curves.charts, media: media.items, warnings };
}

/** The first images of a set. */
function first(images: Images, count: number, change: Partial<Images> = {}): Images {
  const [, ...sizes] = images.shape;
  const size = sizes.reduce((product, edge) => product * edge, 1);
  const pixels = images.pixels.slice(0, count * size);
  const { labels: _, ...rest } = images;
  return { ...rest, pixels, shape: [count, ...sizes], ...change };
}

Deno.test("evaluateImages scores new real images near the floor and baselines above", async () => {
  const { find, warnings, charts, scores } = await run({ train });
  const own = find("fid[shapes 3f2a1c]", "samples");
  const floor = find("fid[shapes 3f2a1c]", "real vs real");
  assert.equal(own.count, 80);
  assert.equal(floor.count, 60);
  assert.ok(own.interval! > 0 && own.value > 0);
  for (const row of ["mean image", "pixel noise"]) {
    const { value, count } = find("fid[shapes 3f2a1c]", row);
    assert.ok(value > own.value && value > floor.value, `${row}: ${value}, ${own.value}`);
    assert.equal(count, 80);
    assert.ok(find("kid[shapes 3f2a1c]", row).value > find("kid[shapes 3f2a1c]", "samples").value);
    // The mean image lies amid the real ones, so precision is no help against it.
    assert.ok(find("recall[shapes 3f2a1c]", row).value < 0.3, row);
    assert.ok(find("coverage[shapes 3f2a1c]", row).value < 0.3, row);
  }
  const trained = find("fid[shapes 3f2a1c]", "real vs real, training images");
  assert.ok(trained.value < 3 * floor.value);
  assert.equal(trained.count, 80);
  assert.ok(find("precision[shapes 3f2a1c]", "samples").value > 0.6);
  assert.ok(find("recall[shapes 3f2a1c]", "samples").value > 0.6);
  const infinite = find("fid_infinity[shapes 3f2a1c]", "samples").value;
  assert.ok(infinite < own.value);
  assert.deepEqual(warnings, []);
  assert.deepEqual(charts.map(({ title }) => title), [
    "Fréchet distance by number of samples",
    "Distance to the nearest training image",
  ]);
  // One column of the table for each metric, and everything that fixes the number in its protocol.
  const columns = new Set(scores.map(({ metric, protocol }) => `${metric}: ${protocol}`));
  assert.equal(columns.size, 9);
  assert.match(
    own.protocol,
    /8 features of "shapes" \(image_classifier, sha256 3f2a1c0000000000\), images at their own size, grey repeated .*16x16 .* clipped to \[0, 1\] and rounded to 8 bits; 80 samples against 120 images of "shapes" \(test\); .* divisor N - 1/,
  );
});

Deno.test("evaluateImages finds copies of training images", async () => {
  const copies = await run({ generated: first(train, 40, { split: "generated" }), train });
  assert.equal(copies.find("memorised", "samples").value, 1);
  assert.equal(copies.find("nearest_train", "samples").value, 0);
  const own = await run({ train, features: undefined });
  assert.ok(own.find("memorised", "samples").value < 0.2);
  const [found, floor] = ["samples", "real vs real"].map((of) =>
    own.find("nearest_train", of).value
  );
  assertClose(found!, floor!, 0.3);
  assert.equal(own.scores.length, 3, "without an extractor, training images alone are compared");
  const [sheet] = copies.media;
  assert.equal(sheet!.name, "nearest.png");
  assert.match(sheet!.caption, /The 16 of 40 samples that are nearest to a training image/);
});

Deno.test("evaluateImages scores float images as the bytes that files would hold", async () => {
  const bytes = first(fresh, 30);
  const floats: Images = {
    ...bytes,
    // Off by less than half a level, and a little outside [0, 1].
    pixels: Float32Array.from(bytes.pixels, (value) => (value + (value === 255 ? 3 : 0.3)) / 255),
  };
  const params = { metrics: ["fid", "kid"] };
  const [a, b] = [
    await run({ generated: bytes, params }),
    await run({ generated: floats, params }),
  ];
  assert.deepEqual(a.scores, b.scores);
});

Deno.test("evaluateImages takes grey images with an extractor of colour", async () => {
  const grey = (images: Images): Images => ({
    ...images,
    pixels: images.pixels.filter((_, i) => i % 3 === 0),
    shape: [images.shape[0], 16, 16, 1],
  });
  const { find, media } = await run({
    generated: grey(fresh),
    reference: grey(reference),
    params: { metrics: ["kid"] },
  });
  const kid = (of: string) => find("kid[shapes 3f2a1c]", of).value;
  // Kernel values depend on the scale of features: small is what is small beside noise.
  assert.ok(Math.abs(kid("samples")) < 0.2 * kid("pixel noise"));
  assert.match(media[0]!.caption, /nearest to a reference image/);
});

Deno.test("evaluateImages says how good the classifier behind the features is", async () => {
  const facts = { heldOutAccuracy: 0.752, chanceAccuracy: 0.6, heldOutImages: 379 };
  const { scores } = await run({ features: { ...extractor, facts }, params: { metrics: ["kid"] } });
  assert.match(
    scores[0]!.protocol,
    /held-out accuracy 75.2 %, by the most frequent class 60.0 %\)/,
  );
});

Deno.test("evaluateImages warns where fid means little, and leaves out what cannot be computed", async () => {
  const few = await run({ generated: first(fresh, 7), params: { resamples: 0 } });
  assert.match(few.warnings[0]!, /fid compares 7 samples with 120 .* 8 features/);
  assert.throws(() => few.find("fid_infinity[shapes 3f2a1c]", "samples"));
  assert.equal(few.find("fid[shapes 3f2a1c]", "samples").interval, undefined);
  const two = await run({ generated: first(fresh, 2) });
  assert.ok(two.find("fid[shapes 3f2a1c]", "samples").value > 0);
  assert.throws(() => two.find("kid[shapes 3f2a1c]", "samples"));
});

Deno.test("evaluateImages compares with statistics as with the images that they are of", async () => {
  const { context } = stageContext({ backend: "onnx", threads: 1 });
  const { statistics } = await evaluateFeatureStats.run({
    ...context,
    params: {},
    inputs: { images: input(reference), features: input(extractor, DIGEST) },
  });
  assert.equal(statistics.count, 120);
  const params = { metrics: ["fid"] };
  const { scores, warnings } = await run({ statistics, params });
  const [toImages, toStatistics] = scores.filter(({ of }) => of === "samples");
  assertClose(toStatistics!.value, toImages!.value, 1e-9);
  assert.match(toStatistics!.protocol, /against statistics of 120 images, made by "8 features of/);
  assert.deepEqual(warnings, []);
  const other = await run({ statistics: { ...statistics, extractor: "VGG" }, params });
  assert.match(other.warnings[0]!, /"statistics" was made by "VGG", features here by "8 features/);
  const short = { ...statistics, mean: new Float64Array(3), covariance: new Float64Array(9) };
  await assert.rejects(run({ statistics: short }), /must be of 8 features, .* has 3/);
});

Deno.test("evaluateImages calls only the published network's distance fid", async () => {
  const { scores } = await run({
    features: { ...extractor, name: "inception_v3" },
    params: { metrics: ["fid"] },
  });
  assert.ok(scores.every(({ metric }) => metric === "fid[inception_v3 3f2a1c]"));
});

const refused: Record<string, [given: Given, message: RegExp]> = {
  "images of another size": [
    { generated: { ...fresh, shape: [320, 8, 8, 3] } },
    /input "generated" must hold images of 16x16 pixels and 3 channels, .*"a model" has 8x8/,
  ],
  "training images of another size": [
    { train: { ...train, shape: [450, 16, 16, 1] } },
    /input "train" must hold images of .* has 16x16 pixels and 1 channel$/,
  ],
  "a single image": [
    { generated: first(fresh, 1) },
    /input "generated" must hold at least 2 images, but "a model" has 1/,
  ],
  "metrics without their input": [
    { params: { metrics: ["fid", "memorised"] } },
    /Cannot compute memorised: connect input "train"/,
  ],
  "nothing to compare by": [
    { features: undefined },
    /connect input "features", input "train", or both/,
  ],
  "an extractor of other images": [
    { features: { ...extractor, model: "digit_classifier" } },
    /extractor "shapes" takes images of 1 channels, but they have 3/,
  ],
  "an unknown network": [
    { features: { ...extractor, model: "vgg" } },
    /must be one of .*image_classifier.*, but it is a vgg/,
  ],
  "values of another range": [
    { generated: { ...fresh, pixels: Float32Array.from(fresh.pixels) } },
    /intensities must be in \[0, 1\], but there is \d+; are they in another range/,
  ],
};

for (const [what, [given, message]] of Object.entries(refused)) {
  Deno.test(`evaluateImages refuses ${what}`, async () => {
    await assert.rejects(run(given), message);
  });
}
