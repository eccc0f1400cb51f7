import * as tf from "@tensorflow/tfjs-core";
import { gelu } from "../../../models/layers/gelu.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("gelu() is x Φ(x), not the approximation by tanh", async () => {
  await setUp({});
  // Φ from tables; the approximation by tanh gives .841192 at 1.
  assertNear(gelu(tf.tensor1d([1, -0.5, 0])), [0.84134471, -0.15426879, 0], 5e-7);
});

Deno.test("gelu() has the slope Φ(x) + x φ(x)", async () => {
  await setUp({});
  const slope = tf.grad(gelu)(tf.tensor1d([0, 1, -2]));
  // .5; .8413447 + .2419707; .0227501 − 2 · .0539910.
  assertNear(slope, [0.5, 1.0833154, -0.0852319], 1e-6);
});
