import assert from "node:assert/strict";
import { ancestral } from "../../../diffusion/samplers/ancestral.ts";
import { ddim } from "../../../diffusion/samplers/ddim.ts";
import { noiseSchedule } from "../../../diffusion/noise_schedule.ts";
import { linspace } from "../../../diffusion/linspace.ts";
import type { Objective } from "../../../diffusion/objective.ts";
import type { FinalNoise } from "../../../diffusion/samplers/sampler.ts";
import { timestepSpacing } from "../../../diffusion/timestep_spacing.ts";
import { assertClose } from "../assert_close.ts";
import { applyStep, fixture, runLoop, scheduleNamed, sumAbs } from "../fixture.ts";
import { sampleGaussian } from "./gaussian.ts";

assert.equal(fixture.ddim_step.length, 45);
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
    assertClose(step.next.noise, vector.sigma, "sigma", { relative: 1e-12, absolute: 0 });
    for (const [i, x] of vector.x_t.entries()) {
      const { x0, next } = applyStep(
        step,
        x,
        vector.eps_pred[i] ?? NaN,
        vector.z[i] ?? NaN,
        clips ? 1 : null,
      );
      assertClose(x0, vector.pred_x0[i], "x0", { relative: 1e-12, absolute: 0 });
      // Unclipped, x̂0 reaches 65 here and cancels: its rounding shows.
      const absolute = 1e-14 * Math.max(1, Math.abs(x0));
      assertClose(next, vector.x_prev[i], "x_prev", { relative: 1e-12, absolute });
    }
  });
}

/** Sum of |x| after 10 of 1000 steps, clipped, of the network in diffusers' tests. */
function loopSum(beta: Float64Array, objective: Objective, finalNoise: FinalNoise): number {
  const schedule = noiseSchedule(beta);
  const timesteps = timestepSpacing("leading", 1000, 10);
  const options = { schedule, objective, timesteps, eta: 0, rederiveNoise: false, finalNoise };
  return sumAbs(runLoop(ddim(options), 1));
}

Deno.test("ddim() in a whole loop gives the sums of the diffusers tests", () => {
  const loops = fixture.full_loops;
  // 768 float64 terms through 10 steps.
  const tolerance = { relative: 1e-12, absolute: 0 };
  const standard = linspace(1e-4, 0.02, 1000);
  const late = linspace(0.01, 0.02, 1000);
  const cases = [
    [loopSum(standard, "eps", "zero"), loops.ddim_10steps_leading_eta0_clip1],
    [loopSum(standard, "v", "zero"), loops.ddim_10steps_v_prediction],
    [loopSum(late, "eps", "zero"), loops["ddim_set_alpha_to_one_true_beta_start_0.01"]],
    [loopSum(late, "eps", "first"), loops["ddim_set_alpha_to_one_false_beta_start_0.01"]],
  ] as const;
  for (const [sum, { sum_abs, published_sum }] of cases) {
    assertClose(sum, sum_abs, "float64", tolerance);
    assertClose(sum, published_sum, "published", { relative: 0, absolute: 1e-3 });
    assertClose(sum / 768, sum_abs / 768, "mean", tolerance);
  }
});

Deno.test("ddim() gives the worked steps of the specification", () => {
  // D2: x = 0.5, ε̂ = −0.25, z = 1.5 from 500 to 480, 10 printed digits.
  const schedule = scheduleNamed("linear_T1000");
  for (const [eta, value] of [[0, 0.5794113339], [1, 1.2342737160]] as const) {
    const options = {
      schedule,
      objective: "eps",
      timesteps: [500, 480],
      rederiveNoise: true,
    } as const;
    const [step] = ddim({ ...options, eta });
    const { next } = applyStep(step!, 0.5, -0.25, 1.5, null);
    assertClose(next, value, `eta ${eta}`, { relative: 1e-9, absolute: 0 });
  }
  const [adjacent] = ddim({
    schedule,
    objective: "eps",
    timesteps: [500, 499],
    eta: 1,
    rederiveNoise: true,
  });
  assertClose(adjacent!.next.noise, 0.100256350, "√β̃", { relative: 1e-8, absolute: 0 });
});

Deno.test("ddim() without eta starts from pure noise without signal", () => {
  const schedule = scheduleNamed("linear_T1000_zero_terminal_snr");
  const [p, q] = [schedule.signal[979]!, schedule.noise[979]!];
  for (const rederiveNoise of [true, false]) {
    const timesteps = [999, 979];
    const [step] = ddim({ schedule, objective: "v", timesteps, eta: 0, rederiveNoise });
    // x is ε, and v is −x0.
    const { next } = applyStep(step!, 0.6, -0.9, 0, null);
    assertClose(next, p * 0.9 + q * 0.6, "next", { relative: 1e-14, absolute: 0 });
  }
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
      const result = sampleGaussian(steps, objective, { mean: 0.7, variance: 0.25 });
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
