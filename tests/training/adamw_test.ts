import assert from "node:assert/strict";
import { createEngine } from "../../engine/create_engine.ts";
import { adamw } from "../../training/adamw.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { followTrace } from "./set_up.ts";

await createEngine({ backend: "cpu", threads: 1 });

Deno.test("adamw() follows the trace of torch.optim.AdamW", () => {
  const { lr, betas: [beta1 = 0, beta2 = 0], eps: epsilon, weight_decay: weightDecay } =
    vectors.adamw;
  const optimiser = adamw({ beta1, beta2, epsilon, weightDecay });
  const steps = followTrace(optimiser, lr, vectors.adamw.param0);
  steps.forEach(({ value, slots }, index) => {
    // Tensors are float32, torch's trace float64: values near 1 differ by a few units of 6e-8 per step.
    const torch = vectors.adamw.torch_1_13_float64_params[index]!;
    assert.ok(Math.abs(value - torch) < 5e-7, `step ${index + 1}`);
    const row = vectors.adamw.trace.find(({ step }) => step === index + 1);
    if (!row) return;
    assert.ok(Math.abs(slots["mean"]! / row.m - 1) < 1e-6, `mean of step ${row.step}`);
    assert.ok(Math.abs(slots["square"]! / row.v - 1) < 1e-6, `square of step ${row.step}`);
  });
  assert.equal(steps.length, 5);
});
