import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { doubleConv, doubleConvParameters } from "../../../models/layers/double_conv.ts";
import { gelu } from "../../../models/layers/gelu.ts";
import { countParameters } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("doubleConvParameters() have no biases: 38,848 from 3 to 64 channels", () => {
  assert.equal(countParameters(doubleConvParameters({ inputs: 3, outputs: 64 })), 38_848);
});

Deno.test("doubleConv() with residual is GELU of the input plus what it is without", async () => {
  const { parameters, normal } = await setUp(
    doubleConvParameters({ inputs: 4, outputs: 4, middle: 6 }),
  );
  const input = normal([2, 5, 3, 4], 1);
  const plain = doubleConv(parameters, input);
  assertNear(doubleConv(parameters, input, { residual: true }), gelu(tf.add(input, plain)), 1e-6);
  // The last norm, of one group, leaves mean 0 and variance 1 to each image.
  const { mean, variance } = tf.moments(plain, [1, 2, 3]);
  assertNear(mean, [0, 0], 1e-6);
  assertNear(variance, [1, 1], 1e-3);
});
