import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { entry } from "../../diffusion/noise_schedule.ts";
import { cleanFactors, distance, objectiveIds, targetFactors } from "../../diffusion/objective.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed } from "./fixture.ts";

for (const vector of fixture.q_sample_posterior_v) {
  const { schedule: name, t } = vector;
  const schedule = scheduleNamed(name);
  const level = { signal: entry(schedule.signal, t), noise: entry(schedule.noise, t) };
  const tolerance = { relative: 1e-12, absolute: 1e-14 };

  Deno.test(`targetFactors() and posterior of ${name} at ${t} give the published values`, () => {
    const v = targetFactors("v", level);
    for (const [i, x0] of vector.x0.entries()) {
      const eps = vector.eps[i] ?? NaN;
      const x = level.signal * x0 + level.noise * eps;
      assertClose(x, vector.x_t[i], "x_t", tolerance);
      assertClose(v.x0 * x0 + v.noise * eps, vector.v[i], "v", tolerance);
      const mean = entry(schedule.posteriorX0, t) * x0 + entry(schedule.posteriorX, t) * x;
      assertClose(mean, vector.posterior_mean[i], "posterior mean", {
        relative: 1e-10,
        absolute: 1e-13,
      });
    }
    // β (1−ᾱ_p) / (1−ᾱ): 1e-10, since 1 − ᾱ near 1 loses digits.
    assertClose(entry(schedule.posteriorVariance, t), vector.posterior_variance, "variance", {
      relative: 1e-10,
      absolute: 1e-18,
    });
  });

  Deno.test(`cleanFactors() of ${name} at ${t} undo every objective`, () => {
    for (const objective of objectiveIds) {
      const target = targetFactors(objective, level);
      const clean = cleanFactors(objective, level);
      for (const [i, x0] of vector.x0.entries()) {
        const eps = vector.eps[i] ?? NaN;
        const output = target.x0 * x0 + target.noise * eps;
        // From ε, rounding is amplified by 1 / √ᾱ (2e4 at the end of the cosine schedule).
        const absolute = 1e-15 / level.signal + 1e-15;
        assertClose(clean.x * (vector.x_t[i] ?? NaN) + clean.output * output, x0, objective, {
          relative: 1e-12,
          absolute,
        });
      }
    }
  });
}

Deno.test("cleanFactors() refuses eps where no signal is left", () => {
  assert.throws(() => cleanFactors("eps", { signal: 0, noise: 1 }), /use "x0" or "v"/);
  assert.deepEqual(cleanFactors("v", { signal: 0, noise: 1 }), { x: 0, output: -1 });
});

Deno.test("distance() is the mean absolute or the mean squared difference", async () => {
  await tf.setBackend("cpu");
  const a = tf.tensor1d([1, 2, 3, 4]);
  const b = tf.tensor1d([1, 0, 6, 4]);
  assert.equal(distance("l1", a, b).dataSync()[0], 5 / 4);
  assert.equal(distance("l2", a, b).dataSync()[0], 13 / 4);
});
