import assert from "node:assert/strict";
import { linear, linearScaled } from "../../../diffusion/schedules/linear.ts";

Deno.test("linear() goes from 0.0001 to 0.02 whatever the number of steps", () => {
  for (const steps of [2, 300, 1000]) {
    const beta = linear(steps);
    assert.deepEqual([beta.length, beta[0], beta[steps - 1]], [steps, 1e-4, 0.02]);
  }
});

Deno.test("linearScaled() of 1000 steps is linear()", () => {
  assert.deepEqual(linearScaled(1000), linear(1000));
});

Deno.test("linearScaled() of few steps stays below 1", () => {
  assert.ok(linearScaled(8).every((beta) => beta > 0 && beta < 1));
});
