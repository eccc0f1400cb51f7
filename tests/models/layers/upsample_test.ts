import * as tf from "@tensorflow/tfjs-core";
import { upsample } from "../../../models/layers/upsample.ts";
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
