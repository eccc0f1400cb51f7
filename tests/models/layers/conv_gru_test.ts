import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convGru, convGruParameters } from "../../../models/layers/conv_gru.ts";
import { countParameters, type Parameters } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const input = () => tf.tensor4d([1, -1, 0.5, 0.25], [1, 2, 2, 1]);

Deno.test("convGru() gives the published network's values from a zero state", async () => {
  await setUp({});
  // Computed with torch 1.13 in float64 from the reference network's equations and sine weights.
  const expected = [0.1381347795, 0.189566807, -0.2933333677, -0.2792235784];
  assertNear(convGru(sineWeights(), input(), tf.zeros([1, 2, 2, 1])), expected, 1e-7);
});

Deno.test("convGru() resets the state before the convolution", async () => {
  await setUp({});
  const hidden = tf.tensor4d([0.1, 0.2, -0.3, 0.4], [1, 2, 2, 1]);
  const expected = [0.1884195072, 0.214554505, -0.4131877127, -0.0604825819];
  assertNear(convGru(sineWeights(), input(), hidden), expected, 1e-7);
});

Deno.test("convGru() keeps its state when the update gate is shut", async () => {
  await setUp({});
  const weights = sineWeights();
  const hidden = tf.tensor4d([0.1, 0.2, -0.3, 0.4], [1, 2, 2, 1]);
  const shut = { ...weights, "gates.bias": tf.tensor1d([0, -50]) };
  assertNear(convGru(shut, input(), hidden), hidden, 0);
});

Deno.test("convGruParameters() counts as three convolutions of both inputs", () => {
  // The published ConvGRU(3) and ConvGRU(48).
  assert.equal(countParameters(convGruParameters({ inputs: 3, hidden: 3, kernel: 3 })), 495);
  assert.equal(countParameters(convGruParameters({ inputs: 48, hidden: 48, kernel: 3 })), 124_560);
});

/** w_k = sin(k) / 2, k counting from 1 in PyTorch's order (channel, row, column) plus an offset. */
function sineWeights(): Parameters {
  const sine = (k: number) => 0.5 * Math.sin(k);
  /** `[3, 3, 2, 1]` of PyTorch's `[1, 2, 3, 3]`. */
  const filter = (offset: number) => {
    const values = Array.from({ length: 18 }, (_, i) => sine(i + 1 + offset));
    return tf.transpose(tf.tensor4d(values, [1, 2, 3, 3]), [2, 3, 1, 0]);
  };
  return {
    "gates.kernel": tf.concat([filter(100), filter(0)], 3),
    "gates.bias": tf.tensor1d([sine(151), sine(51)]),
    "candidate.kernel": filter(200),
    "candidate.bias": tf.tensor1d([sine(251)]),
  };
}
