import assert from "node:assert/strict";
import { karrasSigmas, timestepOfSigma } from "../../diffusion/karras_sigmas.ts";
import { relativeNoise } from "../../diffusion/noise_levels.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed } from "./fixture.ts";

Deno.test("karrasSigmas() gives the published levels", () => {
  const { n, sigma_min, sigma_max, rho, sigmas } = fixture.karras_sigmas;
  const levels = karrasSigmas({ count: n, min: sigma_min, max: sigma_max, rho });
  assert.equal(levels.length, n);
  for (const [i, level] of levels.entries()) {
    assertClose(level, sigmas[i], `${i}`, { relative: 1e-12, absolute: 0 });
  }
});

Deno.test("karrasSigmas() of one level is the largest, and goes through no infinity", () => {
  const [only] = karrasSigmas({ count: 1, min: 0.1, max: 9, rho: 7 });
  assertClose(only, 9, "σ", { relative: 1e-14, absolute: 0 });
  assert.throws(
    () => karrasSigmas({ count: 2, min: 0.1, max: Infinity, rho: 7 }),
    /finite maximum/,
  );
  assert.throws(() => karrasSigmas({ count: 2, min: 0, max: 1, rho: 7 }), /minimum above 0/);
  assert.throws(() => karrasSigmas({ count: 0, min: 1, max: 1, rho: 7 }), /count must be >= 1/);
});

Deno.test("timestepOfSigma() of a diffusion step's own noise is that step", () => {
  for (const name of ["linear_T1000", "cosine_T50", "linear_T1000_zero_terminal_snr"]) {
    const schedule = scheduleNamed(name);
    for (const step of [0, 1, 7, schedule.steps - 2, schedule.steps - 1]) {
      assert.equal(timestepOfSigma(schedule, relativeNoise(schedule, step)), step, name);
    }
  }
});

Deno.test("timestepOfSigma() stays within the schedule", () => {
  const schedule = scheduleNamed("linear_T1000");
  assert.equal(timestepOfSigma(schedule, 1e-9), 0);
  assert.equal(timestepOfSigma(schedule, 1e9), 999);
  assert.equal(timestepOfSigma(schedule, Infinity), 999);
});
