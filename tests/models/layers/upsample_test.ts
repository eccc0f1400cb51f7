import * as tf from "@tensorflow/tfjs-core";
import { upsample, upsampleBilinear } from "../../../models/layers/upsample.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("upsample() repeats each pixel, and its gradient adds the copies up", async () => {
  await setUp({});
  // Two images: tfjs's own gradient mixes up the images of a batch.
  const input = tf.tensor4d([1, 2, 3, 4], [2, 1, 2, 1]);
  assertNear(upsample(input), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], 0);
  const dy = tf.reshape(tf.range(0, 16), [2, 2, 4, 1]);
  assertNear(tf.grad(upsample)(input, dy), [10, 18, 42, 50], 0);
});

Deno.test("upsampleBilinear() keeps the corners", async () => {
  await setUp({});
  const input = tf.tensor4d([0, 1, 2, 3], [1, 2, 2, 1]);
  // By hand: rows and columns at 0, 1/3, 2/3, 1 of the way.
  const expected = [0, 1, 2, 3].flatMap((y) => [0, 1, 2, 3].map((x) => (2 * y + x) / 3));
  assertNear(upsampleBilinear(input), expected, 1e-6);
});
