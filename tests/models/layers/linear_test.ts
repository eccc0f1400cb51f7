import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { linear, linearParameters } from "../../../models/layers/linear.ts";
import { readMp5, transposed } from "../../support/mp5.ts";
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

Deno.test("linear() maps as the nine by seventeen that MP5 printed", async () => {
  await setUp({});
  const { linear: printed } = await readMp5();
  const parameters = {
    kernel: tf.tensor2d(transposed(printed.weight.flat(), 9, 17), [17, 9]),
    bias: tf.tensor1d(printed.bias),
  };
  const map = (values: readonly number[]) => linear(parameters, tf.tensor2d([...values], [1, 17]));
  const fill = (value: (i: number) => number) => Array.from({ length: 17 }, (_, i) => value(i));
  assertNear(map(fill(() => 0)), printed.bias, 1e-7);
  // Sums of seventeen weights that were printed to four decimals.
  const tolerance = 5e-4;
  const ofOnes = [9.5752, 8.6334, 8.0659, 10.6523, 10.7512, 7.849, 10.7487, 11.7149, 7.991];
  assertNear(map(fill(() => 1)), ofOnes, tolerance);
  const ofRamp = [4.7532, 4.8349, 4.2171, 6.028, 6.1073, 3.9111, 5.4562, 6.8578, 4.0855];
  assertNear(map(fill((i) => i / 16)), ofRamp, tolerance);
  // An input of least norm that gives the printed output.
  const least = [
    [0.3464, 0.6818, 0.3096, 0.6281, 0.6286, 0.3031, 0.8707, 0.7434, 0.4078],
    [0.2505, 0.7167, 0.3147, 0.4889, 0.7249, 0.5698, 0.4743, 0.4776],
  ].flat();
  assertNear(map(least), printed.printedOutput, tolerance);
});

Deno.test("linear() without a bias adds none", async () => {
  await setUp({});
  const { kernel, bias } = linearParameters({ inputs: 2, outputs: 3, bias: false });
  assert.deepEqual(kernel!.shape, [2, 3]);
  assert.equal(bias, undefined);
  const map = { kernel: tf.tensor2d([1, 2, 3, 4], [2, 2]) };
  assertNear(linear(map, tf.tensor2d([1, 1], [1, 2])), [4, 6], 0);
});
