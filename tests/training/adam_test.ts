import assert from "node:assert/strict";
import { createEngine } from "../../engine/create_engine.ts";
import { adam } from "../../training/adam.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { followTrace } from "./set_up.ts";

await createEngine({ backend: "cpu", threads: 1 });

const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

// Tensors are float32, torch's traces float64: values near 1 differ by a few units of 6e-8 per step.
const TOLERANCE = 5e-7;

Deno.test("adam() follows the traces of torch.optim.Adam, with its penalty and without", () => {
  const traces: [number, readonly number[]][] = [
    [0.01, vectors.adamw["adam_l2 (torch.optim.Adam weight_decay=0.01, coupled)"]],
    [0, vectors.adamw["adam_no_decay_eps1e-8"]],
  ];
  for (const [weightDecay, expected] of traces) {
    const steps = followTrace(adam({ ...settings, weightDecay }), vectors.adamw.lr, 1);
    assert.equal(steps.length, expected.length);
    steps.forEach(({ value }, index) =>
      assert.ok(Math.abs(value - expected[index]!) < TOLERANCE, `step ${index + 1}: ${value}`)
    );
  }
});

Deno.test("adam() puts the penalty into its running means", () => {
  // exp_avg and exp_avg_sq of torch 2.15 after the fifth step, weight decay 0.01.
  const { slots } = followTrace(adam({ ...settings, weightDecay: 0.01 }), 0.01, 1).at(-1)!;
  assert.ok(Math.abs(slots["mean"]! / 0.22308217983441223 - 1) < 1e-6);
  assert.ok(Math.abs(slots["square"]! / 0.004394515959708091 - 1) < 1e-6);
});

Deno.test("adam() takes epsilon as tfjs's default too", () => {
  const steps = followTrace(adam({ ...settings, epsilon: 1e-7, weightDecay: 0 }), 0.01, 1);
  vectors.adamw["adam_no_decay_eps1e-7 (tfjs default epsilon)"].forEach((expected, index) =>
    assert.ok(Math.abs(steps[index]!.value - expected) < TOLERANCE)
  );
});
