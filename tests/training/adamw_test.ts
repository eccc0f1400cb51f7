import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { adamw, adamwFactors } from "../../training/adamw.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

await createEngine({ backend: "cpu", threads: 1 });

Deno.test("adamw() follows the trace of torch.optim.AdamW", () => {
  const { lr, betas: [beta1 = 0, beta2 = 0], eps: epsilon, weight_decay: weightDecay } =
    vectors.adamw;
  const settings = { beta1, beta2, epsilon };
  const gradients = [0.5, -0.3, 0.1, 0, 2];
  let state = {
    value: tf.tensor1d([vectors.adamw.param0]) as tf.Tensor,
    mean: tf.zeros([1]),
    square: tf.zeros([1]),
  };
  gradients.forEach((gradient, index) => {
    const { decay, stepSize, rootCorrection } = adamwFactors(index + 1, lr, {
      ...settings,
      weightDecay,
    });
    const factors = {
      decay: tf.scalar(decay),
      stepSize: tf.scalar(stepSize),
      rootCorrection: tf.scalar(rootCorrection),
    };
    state = adamw(state, tf.tensor1d([gradient]), tf.scalar(1), settings, factors);
    const read = (tensor: tf.Tensor) => tensor.dataSync()[0]!;
    // Tensors are float32, torch's trace float64: values near 1 differ by a few units of 6e-8 per step.
    const torch = vectors.adamw.torch_1_13_float64_params[index]!;
    assert.ok(Math.abs(read(state.value) - torch) < 5e-7, `step ${index + 1}`);
    const row = vectors.adamw.trace.find(({ step }) => step === index + 1);
    if (!row) return;
    assert.ok(Math.abs(read(state.mean) / row.m - 1) < 1e-6, `mean of step ${row.step}`);
    assert.ok(Math.abs(read(state.square) / row.v - 1) < 1e-6, `square of step ${row.step}`);
  });
});
