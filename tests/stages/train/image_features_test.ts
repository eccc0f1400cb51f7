import assert from "node:assert/strict";
import type { Images } from "../../../artifacts/images.ts";
import { createEngine } from "../../../engine/create_engine.ts";
import { frechetDistanceOfFeatures } from "../../../metrics/frechet_distance.ts";
import { normals, Stream } from "../../../numerics/random.ts";
import { trainedExtractor } from "../../../stages/evaluate/frame_features.ts";
import { type ImageSet, storedImages } from "../../../stages/evaluate/image_sets.ts";
import { setFeatures } from "../../../stages/evaluate/set_features.ts";
import { spoilImage } from "../../../stages/train/spoil_image.ts";
import { trainImageFeatures } from "../../../stages/train/image_features.ts";
import { shapeImages } from "../../support/shape_images.ts";
import { input, stageContext } from "../../support/stage_context.ts";

const small = { steps: 60, batch: 32, widths: [8, 16, 16], features: 12 };

async function run(given: Record<string, unknown>, train = shapeImages(600, 1n), heldOut?: Images) {
  const { context, warnings } = stageContext({ backend: "onnx", threads: 1 });
  const { features, curves } = await trainImageFeatures.run({
    ...context,
    params: trainImageFeatures.params.parse({ ...small, ...given }),
    inputs: { train: input(train), heldOut: heldOut && input(heldOut) },
  });
  return { features, curves, warnings };
}

Deno.test("trainImageFeatures learns features by which distances grow with every corruption", async () => {
  const heldOut = shapeImages(300, 2n, { split: "validation" });
  const { features, curves, warnings } = await run(
    { name: "shapes", steps: 400 },
    undefined,
    heldOut,
  );
  assert.equal(features.name, "shapes");
  assert.equal(features.model, "image_classifier");
  assert.equal(features.dimensions, 12);
  const { heldOutAccuracy, chanceAccuracy, heldOutImages } = features.facts;
  assert.equal(heldOutImages, 300);
  assert.ok(heldOutAccuracy! > chanceAccuracy! + 0.2, `${heldOutAccuracy} by ${chanceAccuracy}`);
  assert.deepEqual(warnings, []);
  const losses = curves.charts[0]!.series[0]!.points.map(([, loss]) => loss);
  assert.ok(losses.at(-1)! < losses[0]!);
  assert.ok(Object.keys(features.parameters).every((name) => /^(conv\.\d|head)\./.test(name)));

  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const shape = { height: 16, width: 16, channels: 3 };
  const extractor = trainedExtractor(engine, features, "0".repeat(64), shape);
  const featuresOf = (set: ImageSet) => setFeatures(extractor, shape, set, () => {});
  const real = await featuresOf(storedImages("real", shapeImages(300, 3n)));
  const distance = async (set: ImageSet) =>
    frechetDistanceOfFeatures(await featuresOf(set), real).value;
  const set = storedImages("held out", heldOut);
  const floor = await distance(set);
  const ladders = {
    blur: [0.3, 0.8, 1.5].map((strength) => spoilt(set, "blur", strength)),
    noise: [0.2, 0.6, 1].map((strength) => spoilt(set, "noise", strength)),
    mixture: [0, 0.5, 1].map((strength) => spoilt(set, "mixture", strength)),
  };
  for (const [name, ladder] of Object.entries(ladders)) {
    const values = [floor];
    for (const rung of ladder) values.push(await distance(rung));
    const text = `${name}: ${values.map((value) => value.toPrecision(3))}`;
    assert.ok(values.every((value, i) => i === 0 || value > values[i - 1]!), text);
    assert.ok(values.at(-1)! > 2 * floor, text);
  }
  extractor.dispose();
  engine.dispose();
});

function spoilt(set: ImageSet, kind: "blur" | "noise" | "mixture", strength: number): ImageSet {
  return {
    ...set,
    image(index) {
      const image = set.image(index);
      spoilImage(image, kind, {
        height: 16,
        width: 16,
        channels: 3,
        draws: [strength, 0],
        noise: normals({ seed: 9n, stream: Stream.noise, step: 0, lane: index }, image.length),
        other: set.image((index + 1) % set.count),
      });
      return image;
    },
  };
}

Deno.test("trainImageFeatures gives the same bytes for the same seed", async () => {
  const [first, second] = [await run({ steps: 3 }), await run({ steps: 3 })];
  assert.deepEqual(first.features, second.features);
});

Deno.test("trainImageFeatures learns without labels, from grey images too", async () => {
  const { labels: _, classes: __, ...colour } = shapeImages(64, 1n);
  const grey: Images = {
    ...colour,
    pixels: colour.pixels.filter((_, i) => i % 3 === 0),
    shape: [64, 16, 16, 1],
  };
  const { features, warnings } = await run({ steps: 5 }, grey, grey);
  assert.deepEqual(features.facts, {});
  assert.deepEqual(features.config, { channels: 1, classes: 1, widths: [8, 16, 16, 12] });
  assert.deepEqual(warnings, []);
});

Deno.test("trainImageFeatures says when it learned less than the most frequent class", async () => {
  const train = shapeImages(64, 1n);
  const { warnings } = await run({ steps: 1 }, train, {
    ...train,
    labels: train.labels!.map(() => 2),
  });
  assert.match(warnings[0]!, /right for .* of 64 held-out images; .* always is right for 100.0 %/);
});

Deno.test("trainImageFeatures refuses test images, and images that teach nothing", async () => {
  await assert.rejects(run({}, shapeImages(64, 1n, { split: "test" })), /is the test split/);
  const { labels: _, ...unlabelled } = shapeImages(64, 1n);
  await assert.rejects(
    run({ contrast: 0, spoiling: 0 }, unlabelled),
    /with contrast 0 and spoiling 0 the images of "shapes" need labels, but have none/,
  );
});
