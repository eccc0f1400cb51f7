import assert from "node:assert/strict";
import { posteriorLogVariance } from "../../diffusion/log_variance.ts";
import { halfLogSnr, relativeNoise, signalToNoise } from "../../diffusion/noise_levels.ts";
import {
  type NoiseSchedule,
  noiseSchedule,
  terminalSignalWarning,
} from "../../diffusion/noise_schedule.ts";
import { linear, linearScaled } from "../../diffusion/schedules/linear.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed, schedules } from "./fixture.ts";

const columns: Readonly<Record<string, (schedule: NoiseSchedule, t: number) => number>> = {
  beta: ({ beta }, t) => beta[t]!,
  alpha_bar: ({ alphaBar }, t) => alphaBar[t]!,
  sqrt_alpha_bar: ({ signal }, t) => signal[t]!,
  sqrt_one_minus_alpha_bar: ({ noise }, t) => noise[t]!,
  posterior_variance: ({ posteriorVariance }, t) => posteriorVariance[t]!,
  posterior_mean_coef1: ({ posteriorX0 }, t) => posteriorX0[t]!,
  posterior_mean_coef2: ({ posteriorX }, t) => posteriorX[t]!,
  posterior_log_variance_clipped_openai: (schedule, t) => posteriorLogVariance(schedule, t),
  posterior_log_variance_clip_1e_20_lucidrains_rvd: (schedule, t) =>
    posteriorLogVariance(schedule, t, "floor"),
  snr: signalToNoise,
  lambda_half_logsnr: halfLogSnr,
  sigma_edm: relativeNoise,
};

/** The unit of JSON has no infinity. */
const infinite: Readonly<Record<string, number>> = {
  lambda_half_logsnr: -Infinity,
  sigma_edm: Infinity,
};

assert.equal(Object.keys(fixture.schedules).length, 10);
for (const [name, expected] of Object.entries(fixture.schedules)) {
  Deno.test(`noiseSchedule() has the tables of ${name}`, () => {
    const schedule = scheduleNamed(name);
    const tables = expected as unknown as Readonly<Record<string, readonly (number | null)[]>>;
    for (const [column, valueOf] of Object.entries(columns)) {
      for (const [i, t] of expected.t.entries()) {
        const value = tables[column]![i];
        const what = `${column} at ${t}`;
        if (value === null) assert.equal(valueOf(schedule, t), infinite[column], what);
        else assertClose(valueOf(schedule, t), value, what, { relative: 1e-12, absolute: 0 });
      }
    }
  });
}

Deno.test("noiseSchedule() has the variances that diffusers' tests publish", () => {
  const { ddpm, ddim_420_400, ddim_980_960, published } = fixture.checks;
  const schedule = scheduleNamed("linear_T1000");
  const { alphaBar, posteriorVariance } = schedule;
  const tolerance = { relative: 1e-12, absolute: 0 };
  assertClose(posteriorVariance[487], ddpm[487], "487", tolerance);
  assertClose(posteriorVariance[999], ddpm[999], "999", tolerance);
  const ddim = (t: number, p: number) =>
    ((1 - alphaBar[p]!) / (1 - alphaBar[t]!)) * (1 - alphaBar[t]! / alphaBar[p]!);
  assertClose(ddim(420, 400), ddim_420_400, "420 to 400", tolerance);
  assertClose(ddim(980, 960), ddim_980_960, "980 to 960", tolerance);
  assertClose(ddim(980, 960), published.ddim[1], "published", { relative: 0, absolute: 1e-5 });
});

Deno.test("noiseSchedule() is that of float32 code up to its rounding", () => {
  const { t: steps, alpha_bar_f32_torch: rounded, max_rel_diff } = fixture.float32;
  const { alphaBar } = scheduleNamed("linear_T1000");
  for (const [i, t] of steps.entries()) {
    // torch's float32 products; the entries in between, which the fixture leaves out, are no worse.
    assertClose(alphaBar[t], rounded[i], `${t}`, { relative: max_rel_diff, absolute: 0 });
  }
});

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

Deno.test("noiseSchedule() of 300 steps gives the coefficients of the derivation of the mean from ε", () => {
  // E2 of the specification: μ = (x − β / √(1−ᾱ) ε) / √α at step 150.
  const { beta, noise, posteriorX0, posteriorX } = scheduleNamed("linear_T300_unscaled");
  const tolerance = { relative: 1e-7, absolute: 0 }; // 8 digits are printed
  assertClose(posteriorX0[150], 0.012816873, "x0", tolerance);
  assertClose(posteriorX[150], 0.98623063, "x", tolerance);
  assertClose(
    beta[150]! / (noise[150]! * Math.sqrt(1 - beta[150]!)),
    0.013821356,
    "eps",
    tolerance,
  );
});

Deno.test("noiseSchedule() of one step goes from the sample to noise and back", () => {
  const whole = noiseSchedule(Float64Array.of(1));
  assert.deepEqual([whole.signal[0], whole.noise[0]], [0, 1]);
  assert.deepEqual([whole.posteriorX0[0], whole.posteriorX[0]], [1, 0]);
  assert.equal(whole.posteriorVariance[0], 0);
  assert.equal(posteriorLogVariance(whole, 0), 0); // of β, there being no second step
});

Deno.test("terminalSignalWarning() speaks of the unscaled 300-step schedule and not of the scaled one", () => {
  // ᾱ_299 = 0.0480584 (KaiTyrusNelson/VideoPrediction's notebook).
  assert.match(terminalSignalWarning(noiseSchedule(linear(300))) ?? "", /alpha-bar is 0\.0481/);
  assert.equal(terminalSignalWarning(noiseSchedule(linearScaled(300))), undefined);
});

Deno.test("noiseSchedule() refuses a beta outside (0, 1], and one that float64 cannot see", () => {
  assert.throws(
    () => noiseSchedule(Float64Array.of(0.1, 1.5)),
    /beta\[1\] must be in \(0, 1\], but is 1\.5/,
  );
  assert.throws(() => noiseSchedule(Float64Array.of(0)), /beta\[0\] must be in \(0, 1\], but is 0/);
  assert.throws(() => noiseSchedule(Float64Array.of(NaN)), /but is NaN/);
  assert.throws(() => noiseSchedule(Float64Array.of(1e-17)), /beta\[0\] = 1e-17 is too small/);
  assert.throws(() => noiseSchedule(new Float64Array(0)), RangeError);
});
