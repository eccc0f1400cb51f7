import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  batchNorm,
  batchNormBuffers,
  batchNormParameters,
} from "../../../models/layers/batch_norm.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const shape: [number, number, number, number] = [2, 3, 1, 2];

/** Two channels; the expected values below are those of torch.nn.BatchNorm2d, PyTorch 2.15, to six decimals. */
async function example() {
  await setUp({});
  return {
    parameters: {
      scale: tf.tensor1d([2, -1]),
      shift: tf.tensor1d([0.5, 1]),
      mean: tf.tensor1d([0.2, -0.4]),
      variance: tf.tensor1d([1.5, 0.25]),
    },
    input: tf.tensor4d([1, -1, 2, 0, 4, 3, 0, -2, 1, 1, 5, 0.5], shape),
  };
}

const byBatch = [
  [-0.817007, 1.793883, 0.311856, 1.158777, 2.569582, -0.746542],
  [-1.94587, 2.428989, -0.817007, 0.52367, 3.698446, 0.841223],
].flat();

Deno.test("batchNorm() trains as PyTorch: biased for the batch, unbiased for the running variance", async () => {
  const { parameters, input } = await example();
  const { output, buffers } = batchNorm(parameters, input, "train");
  assertNear(output, byBatch, 2e-6);
  assertNear(buffers.mean!, [0.396667, -0.335], 1e-6);
  assertNear(buffers.variance!, [1.726667, 0.5225], 1e-6);
});

Deno.test("batchNorm() has PyTorch's gradients in training", async () => {
  const { parameters, input } = await example();
  const { mean, variance } = parameters;
  const dy = tf.tensor4d([1, 2, 0, -1, 0.5, 1, -2, 1, 3, 0, 1, -0.5], shape);
  const [dx, dScale, dShift] = tf.grads((x, scale, shift) =>
    batchNorm({ scale: scale!, shift: shift!, mean, variance }, x!, "train").output
  )([input, parameters.scale, parameters.shift], dy);
  const expected = [
    [0.709285, -0.905516, -0.624371, 0.919747, -0.469526, -0.59063],
    [-2.472511, -0.190355, 2.967012, 0.204586, -0.109887, 0.562167],
  ].flat();
  assertNear(dx!, expected, 3e-6);
  assertNear(dScale!, [1.9285, -1.1908], 6e-5);
  assertNear(dShift!, [3.5, 2.5], 1e-6);
});

Deno.test("batchNorm() evaluates by the running statistics, each image by itself", async () => {
  const { parameters, input } = await example();
  const { output, buffers } = batchNorm(parameters, input, "eval");
  const expected = [
    [1.80639, 2.199976, 3.439378, 0.200016, 6.705353, -5.799864],
    [0.173402, 4.199936, 1.80639, -1.799944, 8.338341, -0.799964],
  ].flat();
  assertNear(output, expected, 2e-6);
  assert.deepEqual(buffers, {});
  const second = batchNorm(parameters, tf.slice(input, [1, 0, 0, 0], [1, 3, 1, 2]), "eval");
  assertNear(second.output, expected.slice(6), 2e-6);
});

Deno.test("batchNorm() by batch statistics depends on its neighbours and remembers nothing", async () => {
  const { parameters, input } = await example();
  const { output, buffers } = batchNorm(parameters, input, "batch_statistics");
  assertNear(output, byBatch, 2e-6);
  assert.deepEqual(buffers, {});
  const alone = batchNorm(
    parameters,
    tf.slice(input, [1, 0, 0, 0], [1, 3, 1, 2]),
    "batch_statistics",
  );
  assert.ok(Math.abs(alone.output.dataSync()[0]! - byBatch[6]!) > 0.1);
});

Deno.test("batchNorm() starts with running mean 0 and variance 1", async () => {
  const { parameters, normal } = await setUp({ ...batchNormParameters(3), ...batchNormBuffers(3) });
  const input = normal([2, 4, 4, 3], 1);
  assertNear(batchNorm(parameters, input, "eval").output, tf.div(input, Math.sqrt(1 + 1e-5)), 1e-6);
});

Deno.test("batchNorm() refuses to train on one value per channel", async () => {
  const { parameters } = await setUp({ ...batchNormParameters(3), ...batchNormBuffers(3) });
  assert.throws(
    () => batchNorm(parameters, tf.zeros([1, 1, 1, 3]), "train"),
    /one value per channel: needed are at least 2, got \[1,1,1,3\]/,
  );
});

Deno.test("batchNorm() treats vectors as images of one pixel, and clips as more images", async () => {
  const { parameters, input } = await example();
  for (const mode of ["train", "eval"] as const) {
    const images = batchNorm(parameters, input, mode);
    for (const shape of [[6, 2], [1, 2, 3, 1, 2]]) {
      const { output, buffers } = batchNorm(parameters, tf.reshape(input, shape), mode);
      assert.deepEqual(output.shape, shape);
      assertNear(output, images.output, 1e-6);
      assert.deepEqual(Object.keys(buffers), Object.keys(images.buffers));
      for (const [name, buffer] of Object.entries(buffers)) {
        assertNear(buffer, images.buffers[name]!, 1e-6);
      }
    }
  }
});

Deno.test("batchNorm() without scale and shift is torch's affine=False", async () => {
  const { parameters: { mean, variance }, input } = await example();
  const { output } = batchNorm({ mean, variance }, input, "train");
  // (what scale 2, −1 and shift 0.5, 1 give, minus the shift) / scale
  const expected = byBatch.map((value, i) => i % 2 === 0 ? (value - 0.5) / 2 : 1 - value);
  assertNear(output, expected, 2e-6);
  assert.throws(() => batchNorm({ mean, variance, scale: mean }, input, "eval"), /"shift"/);
});
