import * as tf from "@tensorflow/tfjs-core";
import { customGradient } from "../../../models/layers/custom_gradient.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("customGradient() uses the rule it was given, with what forward saved", async () => {
  await setUp({});
  // A product whose declared derivative is deliberately not the true one.
  const product = (a: tf.Tensor, b: tf.Tensor) =>
    customGradient([a, b], {
      forward: ([a, b]) => ({ value: tf.mul(a!, b!), saved: [b!] }),
      backward: (dy, [b]) => [tf.mul(dy, tf.mul(b!, 10)), tf.neg(dy)],
    });
  const inputs = [tf.tensor1d([2, 3]), tf.tensor1d([5, 7])];
  assertNear(product(inputs[0]!, inputs[1]!), [10, 21], 0);
  const [da, db] = tf.grads(product)(inputs, tf.tensor1d([1, 2]));
  assertNear(da!, [50, 140], 0);
  assertNear(db!, [-1, -2], 0);
});
