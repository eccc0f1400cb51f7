import assert from "node:assert/strict";
import { mnist } from "../../../stages/dataset/mnist.ts";
import { trainDigitFeatures } from "../../../stages/train/digit_features.ts";
import { input, stageContext } from "../../support/stage_context.ts";

async function run(given: Record<string, unknown>, trainOnTest = false) {
  const { context, warnings } = stageContext({ backend: "onnx", threads: 1 });
  const sizes = mnist.params.parse({ train: 4000, test: 500 });
  const { train, test } = await mnist.run({ ...context, params: sizes, inputs: {} });
  const result = await trainDigitFeatures.run({
    ...context,
    params: trainDigitFeatures.params.parse(given),
    inputs: { train: input(trainOnTest ? test : train), test: input(test) },
  });
  return { ...result, warnings };
}

Deno.test("trainDigitFeatures learns digits and reports the accuracy on test digits", async () => {
  const { features, curves, warnings } = await run({ steps: 120, batch: 32, pairs: 0, canvas: 28 });
  assert.equal(features.model, "digit_classifier");
  assert.equal(features.dimensions, 64);
  assert.equal(features.facts["testDigits"], 500);
  // Chance is 0.1. The full recipe reaches 0.988; 120 small steps have to show that it learns.
  assert.ok(features.facts["testAccuracy"]! > 0.6, `accuracy ${features.facts["testAccuracy"]}`);
  const losses = curves.charts[0]!.series[0]!.points.map(([, loss]) => loss);
  assert.ok(losses.at(-1)! < losses[0]! / 2, `losses ${losses}`);
  assert.match(warnings[0]!, /is right for \d+\.\d\d % of 500 test digits; 98.50 % are expected/);
});

Deno.test("trainDigitFeatures gives the same bytes for the same seed", async () => {
  const [first, second] = [await run({ steps: 3 }), await run({ steps: 3 })];
  assert.deepEqual(first.features, second.features);
});

Deno.test("trainDigitFeatures refuses to train on test digits", async () => {
  await assert.rejects(run({ steps: 1 }, true), /input "train" .* is the test split/);
});
