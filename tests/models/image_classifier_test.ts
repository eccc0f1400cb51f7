import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { digitClassifierParameters, digitLogits } from "../../models/digit_classifier.ts";
import { imageClassifierParameters, imageFeatures } from "../../models/image_classifier.ts";
import { initialise } from "../../training/initialise.ts";
import { toDevice } from "../../training/host_tensor.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { hashUniform } from "../support/hash_uniform.ts";

await createEngine({ backend: "cpu", threads: 1 });
const parameters = toDevice(initialise(digitClassifierParameters({ widths: [4, 4, 6, 5] }), 2n));
const noise = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => hashUniform(i, 0, 1)),
    shape,
  );

Deno.test("imageFeatures() takes frames of any size", () => {
  for (const [height, width] of [[28, 28], [64, 64], [40, 72]] as const) {
    const frames = noise([2, height, width, 1]);
    assert.deepEqual(imageFeatures(parameters, frames).shape, [2, 5]);
    assert.deepEqual(digitLogits(parameters, frames).shape, [2, 10]);
  }
});

Deno.test("imageClassifierParameters() of one grey channel and ten classes are those of digits", () => {
  const widths = [4, 4, 6, 5] as const;
  const digits = digitClassifierParameters({ widths });
  assert.deepEqual(imageClassifierParameters({ channels: 1, classes: 10, widths }), digits);
  // The names and shapes that stored extractors have.
  const shapes = Object.entries(digits).map(([name, { shape }]) => `${name} ${shape}`);
  assert.deepEqual(shapes.toSorted(), [
    "conv.0.bias 4",
    "conv.0.kernel 5,5,1,4",
    "conv.1.bias 4",
    "conv.1.kernel 3,3,4,4",
    "conv.2.bias 6",
    "conv.2.kernel 3,3,4,6",
    "conv.3.bias 5",
    "conv.3.kernel 3,3,6,5",
    "head.bias 10",
    "head.kernel 5,10",
  ]);
  const colour = imageClassifierParameters({ channels: 3, classes: 7, widths });
  assert.deepEqual(colour["conv.0.kernel"]!.shape, [5, 5, 3, 4]);
  assert.deepEqual(colour["head.kernel"]!.shape, [5, 7]);
});

Deno.test("imageFeatures() do not change when a digit moves by whole positions", () => {
  const digit = noise([1, 12, 12, 1]) as tf.Tensor4D;
  const at = (top: number, left: number) =>
    tf.pad4d(digit, [[0, 0], [top, 52 - top], [left, 52 - left], [0, 0]]);
  const [first, moved] = [at(24, 24), at(32, 16)].map((frame) =>
    imageFeatures(parameters, frame).dataSync()
  );
  // The sum over positions is the same up to the order of addition.
  first!.forEach((value, i) => assert.ok(Math.abs(value - moved![i]!) < 1e-6));
});

Deno.test("imageFeatures() of a frame do not depend on its batch", () => {
  const frames = noise([3, 28, 28, 1]);
  const all = imageFeatures(parameters, frames).arraySync() as number[][];
  const one = imageFeatures(parameters, tf.slice(frames, [1, 0, 0, 0], [1, 28, 28, 1]));
  assert.deepEqual((one.arraySync() as number[][])[0], all[1]);
});
