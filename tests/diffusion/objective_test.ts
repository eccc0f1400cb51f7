import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { entry } from "../../diffusion/noise_schedule.ts";
import {
  cleanFactors,
  elementLoss,
  type LossId,
  objectiveIds,
  requireRecoverable,
  targetFactors,
} from "../../diffusion/objective.ts";
import { qSample } from "../../diffusion/q_sample.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed } from "./fixture.ts";

for (const vector of fixture.q_sample_posterior_v) {
  const { schedule: name, t } = vector;
  const schedule = scheduleNamed(name);
  const level = { signal: entry(schedule.signal, t), noise: entry(schedule.noise, t) };
  const tolerance = { relative: 1e-12, absolute: 1e-14 };

  Deno.test(`targetFactors(), qSample() and posterior of ${name} at ${t} give the published values`, () => {
    const v = targetFactors("v", level);
    const noised = qSample(schedule, t, vector.x0, vector.eps);
    for (const [i, x0] of vector.x0.entries()) {
      const eps = vector.eps[i] ?? NaN;
      const x = noised[i]!;
      assertClose(x, vector.x_t[i], "x_t", tolerance);
      assertClose(v.x0 * x0 + v.noise * eps, vector.v[i], "v", tolerance);
      const mean = entry(schedule.posteriorX0, t) * x0 + entry(schedule.posteriorX, t) * x;
      assertClose(mean, vector.posterior_mean[i], "posterior mean", tolerance);
    }
    assertClose(entry(schedule.posteriorVariance, t), vector.posterior_variance, "variance", {
      relative: 1e-12,
      absolute: 0,
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

Deno.test("targetFactors(), qSample() and cleanFactors() give the worked example of the specification", () => {
  // D3: linear schedule of 1000 steps, t = 500, 10 printed digits.
  const schedule = scheduleNamed("linear_T1000");
  const level = { signal: entry(schedule.signal, 500), noise: entry(schedule.noise, 500) };
  const tolerance = { relative: 1e-9, absolute: 0 };
  assertClose(qSample(schedule, 500, [0.8], [-1.2])[0], -0.9292406081, "x", tolerance);
  const v = targetFactors("v", level);
  assertClose(v.x0 * 0.8 + v.noise * -1.2, -1.1029559793, "v", tolerance);
  const clean = cleanFactors("eps", level);
  assertClose(clean.x * 0.5 + clean.output * -0.25, 2.6533671251, "x0", tolerance);
});

Deno.test("qSample() refuses noise of another length and a step that is not there", () => {
  const schedule = scheduleNamed("cosine_T50");
  assert.throws(() => qSample(schedule, 0, [1, 2], [1]), /must have its 2 values, but has 1/);
  assert.throws(() => qSample(schedule, 50, [1], [1]), /the schedule has steps 0 to 49/);
});

Deno.test("requireRecoverable() refuses eps alone, and only with zero terminal SNR", () => {
  const blind = scheduleNamed("linear_T1000_zero_terminal_snr");
  assert.throws(() => requireRecoverable("eps", blind), /at diffusion step 999 of 1000/);
  requireRecoverable("v", blind);
  requireRecoverable("x0", blind);
  requireRecoverable("eps", scheduleNamed("cosine_T1000"));
});

Deno.test("elementLoss() is absolute, squared, or Huber's between the two", async () => {
  await tf.setBackend("cpu");
  const answer = tf.tensor1d([1, 2, 3, 4, -0.5]);
  const target = tf.tensor1d([1, 0, 6, 4.5, 0.5]);
  const expected: Record<LossId, number[]> = {
    l1: [0, 2, 3, 0.5, 1],
    l2: [0, 4, 9, 0.25, 1],
    huber: [0, 1.5, 2.5, 0.125, 0.5],
  };
  for (const [loss, values] of Object.entries(expected)) {
    assert.deepEqual([...elementLoss(loss as LossId, answer, target).dataSync()], values, loss);
  }
});
