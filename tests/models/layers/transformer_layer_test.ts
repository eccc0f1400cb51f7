import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  attentionUniforms,
  transformerLayer,
  transformerLayerParameters,
} from "../../../models/layers/transformer_layer.ts";
import { countParameters } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const specs = transformerLayerParameters({ channels: 8, hidden: 12 });

Deno.test("transformerLayerParameters() of 128 channels and 256 hidden ones are 132,480", () => {
  assert.equal(
    countParameters(transformerLayerParameters({ channels: 128, hidden: 256 })),
    132_480,
  );
});

Deno.test("transformerLayer() does not care how pixels are ordered", async () => {
  const { parameters, normal } = await setUp(specs);
  const input = normal([2, 3, 4, 8], 1);
  const turned = (x: tf.Tensor) => tf.reverse(x, [1, 2]);
  assertNear(
    transformerLayer(parameters, turned(input), { heads: 4 }),
    turned(transformerLayer(parameters, input, { heads: 4 })),
    2e-6,
  );
});

Deno.test("transformerLayer() with dropout differs by its numbers, at rate 0 not at all", async () => {
  const { parameters, normal } = await setUp(specs);
  const input = normal([2, 3, 4, 8], 1);
  const shapes = attentionUniforms({ batch: 2, tokens: 12, heads: 4 });
  assert.deepEqual(shapes, { rows: [8, 12, 2], columns: [8, 12, 2] });
  const draw = (lane: number) => tf.sigmoid(normal([8, 12, 2], lane));
  const run = (rate: number, lane: number) =>
    transformerLayer(parameters, input, {
      heads: 4,
      dropout: { rate, rows: draw(lane), columns: draw(lane + 1) },
    });
  assertNear(run(0, 2), transformerLayer(parameters, input, { heads: 4 }), 0);
  const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  assert.ok(difference(run(0.2, 2), run(0, 2)) > 1e-3);
  assert.ok(difference(run(0.2, 2), run(0.2, 4)) > 1e-3);
  assertNear(run(0.2, 2), run(0.2, 2), 0);
});
