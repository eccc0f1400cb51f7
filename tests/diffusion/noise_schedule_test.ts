import assert from "node:assert/strict";
import { noiseSchedule, terminalSignalWarning } from "../../diffusion/noise_schedule.ts";
import { linear, linearScaled } from "../../diffusion/schedules/linear.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed, schedules } from "./fixture.ts";

const tables = {
  beta: "beta",
  alpha_bar: "alphaBar",
  sqrt_alpha_bar: "signal",
  sqrt_one_minus_alpha_bar: "noise",
  posterior_variance: "posteriorVariance",
  posterior_mean_coef1: "posteriorX0",
  posterior_mean_coef2: "posteriorX",
} as const;

for (const [name, expected] of Object.entries(fixture.schedules)) {
  Deno.test(`noiseSchedule() has the tables of ${name}`, () => {
    const schedule = scheduleNamed(name);
    for (const [key, field] of Object.entries(tables)) {
      const values = expected[key as keyof typeof tables];
      for (const [i, t] of expected.t.entries()) {
        // 1 − ᾱ_0 and 1 − f/f lose up to 4 digits of 16, so 1e-11 relative; 1e-15 absolute for zeros.
        assertClose(schedule[field][t], values[i], `${field}[${t}]`, {
          relative: 1e-11,
          absolute: 1e-15,
        });
      }
    }
  });
}

Deno.test("noiseSchedule() has a posterior of weights that keep a constant sample in place", () => {
  // With x0 = c and no noise, x_n = √ᾱ_n c; the posterior mean must be √ᾱ_{n−1} c.
  for (const schedule of Object.values(schedules)) {
    for (const n of [1, 7, schedule.steps - 1]) {
      const mean = (schedule.posteriorX0[n] ?? NaN) +
        (schedule.posteriorX[n] ?? NaN) * (schedule.signal[n] ?? NaN);
      assertClose(mean, schedule.signal[n - 1], `step ${n}`, { relative: 1e-9, absolute: 0 });
    }
  }
});

Deno.test("terminalSignalWarning() speaks of the unscaled 300-step schedule and not of the scaled one", () => {
  // ᾱ_299 = 0.0480584 (KaiTyrusNelson/VideoPrediction's notebook).
  assert.match(terminalSignalWarning(noiseSchedule(linear(300))) ?? "", /alpha-bar is 0\.0481/);
  assert.equal(terminalSignalWarning(noiseSchedule(linearScaled(300))), undefined);
});

Deno.test("noiseSchedule() refuses a beta outside (0, 1]", () => {
  assert.throws(
    () => noiseSchedule(Float64Array.of(0.1, 1.5)),
    /beta\[1\] must be in \(0, 1\], but is 1\.5/,
  );
  assert.throws(() => noiseSchedule(new Float64Array(0)), RangeError);
});
