import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { clipGradNorm } from "../../training/clip_grad_norm.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

await createEngine({ backend: "cpu", threads: 1 });

Deno.test("clipGradNorm() gives torch's norm and factor", () => {
  const { grads, max_norm: maxNorm, total_norm: norm, clipped } = vectors.clip_grad_norm;
  const gradients = grads.map((gradient) => tf.tensor1d(gradient));
  const result = clipGradNorm(gradients, maxNorm);
  assert.equal(result.norm.dataSync()[0], norm);
  gradients.forEach((gradient, index) => {
    const values = tf.mul(gradient, result.factor).dataSync();
    // Float32 rounding: one part in 1e7.
    clipped[index]!.forEach((expected, i) =>
      assert.ok(Math.abs(values[i]! / expected - 1) < 2e-7, `${values[i]} != ${expected}`)
    );
  });
});

Deno.test("clipGradNorm() leaves gradients below the limit, and all of them without one", () => {
  const gradients = [tf.tensor1d([0.3, 0.4])];
  assert.equal(clipGradNorm(gradients, 1).factor.dataSync()[0], 1);
  assert.equal(clipGradNorm([tf.tensor1d([300, 400])], null).factor.dataSync()[0], 1);
});
