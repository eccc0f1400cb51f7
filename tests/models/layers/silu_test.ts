import * as tf from "@tensorflow/tfjs-core";
import { silu } from "../../../models/layers/silu.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("silu() is x times sigmoid(x)", async () => {
  await setUp({});
  // Closed form: 1 / (1 + 1/e) = 0.7310585786; float32 rounds at 6e-8.
  assertNear(silu(tf.tensor1d([1, 0])), [0.7310585786, 0], 1e-7);
});

Deno.test("silu() has the gradient of the composed form", async () => {
  const { normal } = await setUp({});
  const [x, dy] = [normal([3, 5], 1), normal([3, 5], 2)];
  const composed = tf.grad((x) => tf.mul(x, tf.sigmoid(x)))(x, dy);
  // Equal formulas in another order of float32 operations on values of size 1.
  assertNear(tf.grad(silu)(x, dy), composed, 1e-6);
});
