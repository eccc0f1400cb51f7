import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { FeatureExtractor } from "../../../artifacts/feature_extractor.ts";
import { createEngine } from "../../../engine/create_engine.ts";
import { imageClassifierParameters } from "../../../models/image_classifier.ts";
import { featureNetwork } from "../../../stages/evaluate/feature_networks.ts";
import { toDevice } from "../../../training/host_tensor.ts";
import { initialise } from "../../../training/initialise.ts";

await createEngine({ backend: "cpu", threads: 1 });

const inception: FeatureExtractor = {
  name: "inception_v3",
  model: "inception_v3",
  config: { layer: 2048, resize: "clean" },
  dimensions: 2048,
  parameters: {},
  facts: {},
};

Deno.test("featureNetwork() takes for published what has the name, the network and the layer", () => {
  const isPublished = (change: Partial<FeatureExtractor>) =>
    featureNetwork({ ...inception, ...change }, 3).isPublished;
  assert.equal(isPublished({}), true);
  assert.equal(isPublished({ name: "inception_v3-0123456789ab" }), false);
  assert.equal(isPublished({ config: { layer: 768, resize: "clean" } }), false);
  const config = { channels: 3, classes: 2, widths: [1, 1, 1, 1] };
  assert.equal(isPublished({ model: "image_classifier", config }), false);
});

Deno.test("featureNetwork() says how Inception's images are prepared, and takes grey and colour", () => {
  const { preparation, channels } = featureNetwork(inception, 1);
  assert.match(
    preparation,
    /layer 2048, resized to 299x299 by the convention of "clean", grey rep/,
  );
  assert.deepEqual(channels, [1, 3]);
  assert.throws(() => featureNetwork(inception, 4), /takes images of 1 or 3 channels, .* have 4/);
  assert.throws(() => featureNetwork({ ...inception, config: { layer: 5 } }, 3), /layer/);
});

Deno.test("featureNetwork() shows grey images to a classifier of colour as equal channels", () => {
  const config = { channels: 3, classes: 2, widths: [4, 4, 4, 4] } as const;
  const parameters = toDevice(initialise(imageClassifierParameters(config), 1n));
  const extractor = { ...inception, model: "image_classifier", config };
  const grey = tf.randomUniform([2, 16, 16, 1], 0, 1, "float32", 5);
  const ofGrey = featureNetwork(extractor, 1).features(parameters, grey);
  const ofColour = featureNetwork(extractor, 3).features(
    parameters,
    tf.concat([grey, grey, grey], 3),
  );
  assert.deepEqual(ofGrey.arraySync(), ofColour.arraySync());
});
