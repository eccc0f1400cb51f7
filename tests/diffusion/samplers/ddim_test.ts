import assert from "node:assert/strict";
import { ancestral } from "../../../diffusion/samplers/ancestral.ts";
import { ddim } from "../../../diffusion/samplers/ddim.ts";
import { noiseSchedule } from "../../../diffusion/noise_schedule.ts";
import type { Objective } from "../../../diffusion/objective.ts";
import { timestepSpacing } from "../../../diffusion/timestep_spacing.ts";
import { assertClose } from "../assert_close.ts";
import { applyStep, fixture, scheduleNamed } from "../fixture.ts";
import { sampleGaussian } from "./gaussian.ts";

for (const vector of fixture.ddim_step) {
  const { schedule: name, t, t_prev: previous, eta, clip_x0: clips } = vector;
  const rederiveNoise = vector.eps_rederived_from_clipped_x0;
  Deno.test(`ddim() step of ${name}, ${t} to ${previous}, eta ${eta}, clip ${clips}, rederive ${rederiveNoise}`, () => {
    const timesteps = previous < 0 ? [t] : [t, previous];
    const [step] = ddim({
      schedule: scheduleNamed(name),
      objective: "eps",
      timesteps,
      eta,
      rederiveNoise,
    });
    assert.ok(step);
    assertClose(step.next.noise, vector.sigma, "sigma", { relative: 1e-11, absolute: 1e-14 });
    for (const [i, x] of vector.x_t.entries()) {
      const { x0, next } = applyStep(
        step,
        x,
        vector.eps_pred[i] ?? NaN,
        vector.z[i] ?? NaN,
        clips ? 1 : null,
      );
      assertClose(x0, vector.pred_x0[i], "x0", { relative: 1e-11, absolute: 1e-12 });
      // Where ᾱ is 2e-9, x̂0 reaches 1e5 and cancels: its rounding shows.
      const absolute = 1e-12 * Math.max(1, Math.abs(x0));
      assertClose(next, vector.x_prev[i], "x_prev", { relative: 1e-10, absolute });
    }
  });
}

/** Sum of |x| that diffusers' tests publish for `model(x, t) = x t / (t + 1)` and 10 of 1000 steps. */
function loopSum(beta: Float64Array, objective: Objective, rederiveNoise: boolean): number {
  const schedule = noiseSchedule(beta);
  const timesteps = timestepSpacing("leading", 1000, 10);
  const steps = ddim({ schedule, objective, timesteps, eta: 0, rederiveNoise });
  let sum = 0;
  for (let i = 0; i < 768; i++) {
    let x = i / 768;
    for (const step of steps) {
      x = applyStep(step, x, (x * step.timestep) / (step.timestep + 1), 0, 1).next;
    }
    sum += Math.abs(x);
  }
  return sum;
}

function linspace(first: number, last: number): Float64Array {
  return Float64Array.from({ length: 1000 }, (_, i) => first + (i * (last - first)) / 999);
}

Deno.test("ddim() in a whole loop gives the sums of the diffusers tests", () => {
  const loops = fixture.full_loops;
  // 768 float64 terms through 10 steps: 1e-9 relative.
  const tolerance = { relative: 1e-9, absolute: 0 };
  const standard = linspace(1e-4, 0.02);
  assertClose(
    loopSum(standard, "eps", false),
    loops.ddim_10steps_leading_eta0_clip1.sum_abs,
    "eps",
    tolerance,
  );
  assertClose(
    loopSum(standard, "v", false),
    loops.ddim_10steps_v_prediction.sum_abs,
    "v",
    tolerance,
  );
  assertClose(
    loopSum(linspace(0.01, 0.02), "eps", false),
    loops["ddim_set_alpha_to_one_true_beta_start_0.01"].sum_abs,
    "beta from 0.01",
    tolerance,
  );
});

Deno.test("ddim() with eta 1 over all steps is ancestral() with the small variance", () => {
  const schedule = scheduleNamed("cosine_T50");
  const timesteps = timestepSpacing("leading", 50, 50);
  const a = ddim({ schedule, objective: "v", timesteps, eta: 1, rederiveNoise: true });
  const b = ancestral({ schedule, objective: "v", timesteps, variance: "small" });
  for (const [i, { next }] of a.entries()) {
    const other = b[i]?.next;
    const tolerance = { relative: 1e-9, absolute: 1e-12 };
    assertClose(next.x0, other?.x0, `x0 of step ${i}`, tolerance);
    assertClose(next.x, other?.x, `x of step ${i}`, tolerance);
    assertClose(next.noise, other?.noise, `noise of step ${i}`, tolerance);
  }
});

for (const objective of ["eps", "x0", "v"] as const) {
  Deno.test(`ddim() from ${objective} reaches a Gaussian with an error that falls as 1 / steps`, () => {
    const schedule = scheduleNamed("cosine_T1000");
    const error = (count: number) => {
      const timesteps = timestepSpacing("trailing", 1000, count);
      const steps = ddim({ schedule, objective, timesteps, eta: 0, rederiveNoise: true });
      const result = sampleGaussian(steps, schedule, objective, { mean: 0.7, variance: 0.25 });
      assertClose(result.mean, 0.7, "mean", { relative: 0, absolute: 1e-4 });
      return Math.abs(Math.sqrt(result.variance) / 0.5 - 1);
    };
    const [coarse, middle, fine] = [error(10), error(20), error(40)];
    assert.ok(fine < 0.05, `error ${fine}`);
    assert.ok(
      middle < 0.65 * coarse && fine < 0.65 * middle,
      `errors ${coarse}, ${middle}, ${fine}`,
    );
  });
}
