import assert from "node:assert/strict";
import { ancestral } from "../../../diffusion/samplers/ancestral.ts";
import { modelLogVariance } from "../../../diffusion/log_variance.ts";
import { timestepSpacing } from "../../../diffusion/timestep_spacing.ts";
import { assertClose } from "../assert_close.ts";
import { applyStep, fixture, scheduleNamed } from "../fixture.ts";
import { sampleGaussian } from "./gaussian.ts";

assert.equal(fixture.ddpm_step.length, 16);
for (const vector of fixture.ddpm_step) {
  const variance = vector.variance === "fixed_small" ? "small" : "large";
  Deno.test(`ancestral() step of ${vector.schedule} at ${vector.t}, ${variance}, clip ${vector.clip_x0}`, () => {
    const schedule = scheduleNamed(vector.schedule);
    const timesteps = Array.from({ length: vector.t + 1 }, (_, i) => vector.t - i);
    const [step] = ancestral({ schedule, objective: "eps", timesteps, variance });
    assert.ok(step);
    assertClose(
      modelLogVariance(schedule, variance, vector.t).low,
      vector.log_variance,
      "log variance",
      { relative: 1e-12, absolute: 0 },
    );
    for (const [i, x] of vector.x_t.entries()) {
      const result = applyStep(
        step,
        x,
        vector.eps_pred[i] ?? NaN,
        vector.z[i] ?? NaN,
        vector.clip_x0 ? 1 : null,
      );
      // Values near 1 from sums of terms near 1; x̂0 from ε at the cosine's end, from terms near 1e4.
      const tolerance = { relative: 1e-12, absolute: 1e-14 };
      assertClose(result.x0, vector.pred_x0[i], "x0", tolerance);
      const mean = step.next.x0 * result.x0 + step.next.x * x;
      assertClose(mean, vector.mean[i], "mean", tolerance);
      assertClose(result.next, vector.x_prev[i], "x_prev", tolerance);
    }
  });
}

Deno.test("ancestral() reaches the variance of a Gaussian as steps grow", () => {
  const schedule = scheduleNamed("cosine_T1000");
  const error = (count: number) => {
    const timesteps = timestepSpacing("trailing", 1000, count);
    const steps = ancestral({ schedule, objective: "eps", timesteps, variance: "small" });
    const { mean, variance } = sampleGaussian(steps, "eps", {
      mean: 0.7,
      variance: 0.25,
    });
    // The start, N(0, 1), differs from the true end by √ᾱ_T = 5e-5 of the mean.
    assertClose(mean, 0.7, "mean", { relative: 0, absolute: 1e-4 });
    return Math.abs(variance / 0.25 - 1);
  };
  // A posterior sample with x̂0 as a point misses variance of order 1 / count: halving at each doubling.
  const [coarse, middle, fine] = [error(125), error(250), error(500)];
  assert.ok(fine < 0.05, `error ${fine}`);
  assert.ok(middle < 0.65 * coarse && fine < 0.65 * middle, `errors ${coarse}, ${middle}, ${fine}`);
});

Deno.test("ancestral() gives the worked steps of the specification", () => {
  // D2: x = 0.5, ε̂ = −0.25, z = 1.5 on the linear schedule of 1000 steps, 10 printed digits.
  const expected = [
    { t: 999, large: 0.7222591713, small: 0.7222590839 },
    { t: 500, large: 0.6556153511, small: 0.655550849 },
    { t: 1, large: 0.5184779699, small: 0.5131286321 },
    { t: 0, large: 0.5025251269, small: 0.5025251269 },
  ];
  for (const { t, ...values } of expected) {
    for (const variance of ["small", "large"] as const) {
      const timesteps = t === 0 ? [0] : [t, t - 1];
      const schedule = scheduleNamed("linear_T1000");
      const [step] = ancestral({ schedule, objective: "eps", timesteps, variance });
      const { next } = applyStep(step!, 0.5, -0.25, 1.5, null);
      assertClose(next, values[variance], `${t} ${variance}`, { relative: 2e-10, absolute: 0 });
    }
  }
});

Deno.test("ancestral() with learned variance draws the small one at −1, the large one at 1, the geometric mean at 0", () => {
  const schedule = scheduleNamed("cosine_T50");
  for (
    const timesteps of [timestepSpacing("trailing", 50, 50), timestepSpacing("trailing", 50, 7)]
  ) {
    const [small, large, learned] = (["small", "large", "learned"] as const).map((variance) =>
      ancestral({ schedule, objective: "v", timesteps, variance })
    );
    for (const [i, step] of learned!.entries()) {
      const noiseAt = (fraction: number) => applyStep(step, 0, 0, 1, null, { fraction }).next;
      const [low, high] = [small![i]!.next.noise, large![i]!.next.noise];
      const tolerance = { relative: 1e-12, absolute: 0 };
      assertClose(noiseAt(-1), low, `small at ${i}`, tolerance);
      assertClose(noiseAt(1), high, `large at ${i}`, tolerance);
      assertClose(noiseAt(0), Math.sqrt(low * high), `mean at ${i}`, tolerance);
    }
    assert.equal(learned!.at(-1)!.next.noise, 0);
  }
});

Deno.test("ancestral() with the large variance is exact for white noise in every number of steps", () => {
  // β is the variance of q(x_p | x_n) when x0 is N(0, 1): nothing is lost, whatever is skipped.
  const schedule = scheduleNamed("linear_T1000");
  const timesteps = [...timestepSpacing("trailing", 1000, 20)];
  const steps = ancestral({ schedule, objective: "v", timesteps, variance: "large" }).slice(0, -1);
  const { variance } = sampleGaussian(steps, "v", { mean: 0, variance: 1 });
  assertClose(variance, 1, "variance", { relative: 1e-12, absolute: 0 });
});

Deno.test("ancestral() starts from pure noise without signal", () => {
  const schedule = scheduleNamed("linear_T1000_zero_terminal_snr");
  const [step] = ancestral({ schedule, objective: "v", timesteps: [999, 998], variance: "small" });
  const { x0, next } = applyStep(step!, 0.6, -0.9, 0, null);
  assert.equal(x0, 0.9); // v = −x0 there
  assertClose(next, schedule.posteriorX0[999]! * 0.9, "next", { relative: 1e-12, absolute: 0 });
  assert.throws(
    () => ancestral({ schedule, objective: "eps", timesteps: [999], variance: "small" }),
    /use "x0" or "v"/,
  );
});
