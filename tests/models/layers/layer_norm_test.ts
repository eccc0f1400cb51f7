import * as tf from "@tensorflow/tfjs-core";
import { layerNorm, layerNormParameters } from "../../../models/layers/layer_norm.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("layerNorm() normalises each token by itself", async () => {
  const { parameters } = await setUp(layerNormParameters(2));
  const input = tf.tensor3d([1, 3, 10, 30], [1, 2, 2]);
  // (1 − 2) / √(1 + 1e-5), (10 − 20) / √(100 + 1e-5).
  assertNear(layerNorm(parameters, input), [-0.999995, 0.999995, -1, 1], 1e-6);
});

Deno.test("layerNorm() scales and shifts each channel, in any rank", async () => {
  await setUp({});
  const parameters = { scale: tf.tensor1d([2, 3]), shift: tf.tensor1d([0.5, -1]) };
  const input = tf.tensor4d([10, 30], [1, 1, 1, 2]);
  assertNear(layerNorm(parameters, input), [-1.5, 2], 1e-6);
});
