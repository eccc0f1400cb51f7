import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { linear } from "../../../models/layers/linear.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("linear() maps the last axis, whatever the rank", async () => {
  await setUp({});
  const parameters = {
    kernel: tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]),
    bias: tf.tensor1d([10, 20]),
  };
  // Rows (1, 0, 0) and (1, 1, 1): the first row of the kernel, and the sum of its rows.
  const rows = tf.tensor2d([1, 0, 0, 1, 1, 1], [2, 3]);
  assertNear(linear(parameters, rows), [11, 22, 19, 32], 0);
  const nested = linear(parameters, tf.reshape(rows, [2, 1, 3]));
  assert.deepEqual(nested.shape, [2, 1, 2]);
  assertNear(nested, [11, 22, 19, 32], 0);
});
