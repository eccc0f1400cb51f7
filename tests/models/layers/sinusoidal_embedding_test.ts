import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import fixture from "../../fixtures/diffusion.json" with { type: "json" };
import { sinusoidalEmbedding } from "../../../models/layers/sinusoidal_embedding.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("sinusoidalEmbedding() with open spacing is the transformer's", async () => {
  await setUp({});
  const values = sinusoidalEmbedding(tf.tensor1d([500]), { width: 128, spacing: "open" });
  // Closed form in float64; a float32 angle of 500 is off by up to 3e-5.
  const parts = [0, 1, 2, 63, 64, 65, 66, 127].map((i) => tf.slice(values, [0, i], [1, 1]));
  assertNear(
    tf.concat(parts),
    [
      -0.4677718,
      -0.52915841,
      -0.89011037,
      0.05770702,
      -0.88384926,
      0.84852302,
      -0.45574504,
      0.99833357,
    ],
    5e-5,
  );
});

Deno.test("sinusoidalEmbedding() with closed spacing ends at frequency 1e-4", async () => {
  await setUp({});
  const values = sinusoidalEmbedding(tf.tensor1d([1, 299]), { width: 32, spacing: "closed" });
  assert.deepEqual(values.shape, [2, 32]);
  const first = tf.slice(values, [0, 0], [1, 4]);
  assertNear(first, [0.84147096, 0.51513875, 0.2886959, 0.15782666], 1e-6);
  assertNear(tf.slice(values, [0, 15], [1, 1]), [9.99999902e-5], 1e-9);
  assertNear(tf.slice(values, [1, 0], [1, 3]), [-0.5215767, -0.9998439, -0.38768551], 3e-5);
});

Deno.test("sinusoidalEmbedding() has the values of two code bases, one of which puts the cosines first", async () => {
  await setUp({});
  const openai = fixture.timestep_embedding["openai (cos first, /half)"];
  const lucidrains = fixture.timestep_embedding["lucidrains/tensor2tensor (sin first, /(half-1))"];
  const at = ({ t, dim }: typeof openai, spacing: "open" | "closed") =>
    sinusoidalEmbedding(tf.tensor1d([t]), { width: dim, spacing });
  const [sines, cosines] = tf.split(at(openai, "open"), 2, 1) as [tf.Tensor, tf.Tensor];
  // float32 angles up to 500: 3e-5.
  assertNear(tf.concat([cosines, sines], 1), openai.value, 5e-5);
  assertNear(at(lucidrains, "closed"), lucidrains.value, 5e-5);
});

Deno.test("sinusoidalEmbedding() refuses an odd width", () => {
  assert.throws(
    () => sinusoidalEmbedding(tf.tensor1d([1]), { width: 7, spacing: "open" }),
    /must be even and >= 4, but is 7/,
  );
});
