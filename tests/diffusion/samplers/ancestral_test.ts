import assert from "node:assert/strict";
import { ancestral } from "../../../diffusion/samplers/ancestral.ts";
import { timestepSpacing } from "../../../diffusion/timestep_spacing.ts";
import { assertClose } from "../assert_close.ts";
import { applyStep, fixture, scheduleNamed } from "../fixture.ts";
import { sampleGaussian } from "./gaussian.ts";

for (const vector of fixture.ddpm_step) {
  const variance = vector.variance === "fixed_small" ? "small" : "large";
  Deno.test(`ancestral() step of ${vector.schedule} at ${vector.t}, ${variance}, clip ${vector.clip_x0}`, () => {
    const schedule = scheduleNamed(vector.schedule);
    const timesteps = Array.from({ length: vector.t + 1 }, (_, i) => vector.t - i);
    const [step] = ancestral({ schedule, objective: "eps", timesteps, variance });
    assert.ok(step);
    for (const [i, x] of vector.x_t.entries()) {
      const result = applyStep(
        step,
        x,
        vector.eps_pred[i] ?? NaN,
        vector.z[i] ?? NaN,
        vector.clip_x0 ? 1 : null,
      );
      // Posterior factors near n = 0 lose 4 of 16 digits in 1 − ᾱ.
      const tolerance = { relative: 1e-11, absolute: 1e-12 };
      assertClose(result.x0, vector.pred_x0[i], "x0", tolerance);
      assertClose(result.next, vector.x_prev[i], "x_prev", tolerance);
    }
  });
}

Deno.test("ancestral() reaches the variance of a Gaussian as steps grow", () => {
  const schedule = scheduleNamed("cosine_T1000");
  const error = (count: number) => {
    const timesteps = timestepSpacing("trailing", 1000, count);
    const steps = ancestral({ schedule, objective: "eps", timesteps, variance: "small" });
    const { mean, variance } = sampleGaussian(steps, schedule, "eps", {
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
