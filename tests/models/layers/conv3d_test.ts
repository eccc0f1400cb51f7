import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { conv3d, conv3dParameters } from "../../../models/layers/conv3d.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("conv3d() sums what its filter meets, with zeros around", async () => {
  await setUp({});
  // All ones: each output counts the pixels of the clip that the filter covers.
  const kernel = tf.ones([4, 4, 4, 1, 1]);
  const input = tf.ones([1, 5, 4, 4, 1]);
  const options = { stride: { time: 1, space: 2 }, padding: { time: 0, space: 1 } };
  const output = conv3d({ kernel }, input, options);
  assert.deepEqual(output.shape, [1, 2, 2, 2, 1]);
  assertNear(output, Array.from({ length: 8 }, () => 4 * 3 * 3), 0);
  const halved = conv3d({ kernel, bias: tf.tensor1d([0.5]) }, tf.ones([1, 4, 4, 4, 1]), {
    stride: { time: 2, space: 2 },
    padding: { time: 1, space: 1 },
  });
  assertNear(halved, Array.from({ length: 8 }, () => 27.5), 0);
});

Deno.test("conv3dParameters() start as PyTorch's, by the filter's volume", () => {
  const { kernel, bias } = conv3dParameters({ inputs: 2, outputs: 5, kernel: 4 });
  assert.deepEqual(kernel!.shape, [4, 4, 4, 2, 5]);
  assert.deepEqual(kernel!.init, { kind: "uniform", bound: 1 / Math.sqrt(128) });
  assert.deepEqual(bias!.shape, [5]);
  const without = conv3dParameters({ inputs: 2, outputs: 5, kernel: 4, bias: false });
  assert.deepEqual(Object.keys(without), ["kernel"]);
});
