import assert from "node:assert/strict";
import { chooseSampler, type SamplerChoice, samplerIds } from "../../diffusion/choose_sampler.ts";
import { relativeNoise } from "../../diffusion/noise_levels.ts";
import { stepFactors } from "../../diffusion/sampler_step.ts";
import { ancestral } from "../../diffusion/samplers/ancestral.ts";
import { ddim } from "../../diffusion/samplers/ddim.ts";
import { spacingIds, timestepSpacing } from "../../diffusion/timestep_spacing.ts";
import { scheduleNamed, schedules } from "./fixture.ts";

const schedule = scheduleNamed("cosine_T1000");
const base: SamplerChoice = {
  sampler: "ddim",
  steps: 10,
  spacing: "trailing",
  eta: 0.5,
  variance: "large",
  rederiveNoise: true,
};
const timesteps = timestepSpacing("trailing", 1000, 10);
const common = { schedule, objective: "v", timesteps } as const;

Deno.test("chooseSampler() hands each sampler what concerns it", () => {
  assert.deepEqual(
    chooseSampler(base, schedule, "v"),
    ddim({ ...common, eta: 0.5, rederiveNoise: true }),
  );
  assert.deepEqual(
    chooseSampler({ ...base, finalNoise: "first" }, schedule, "v"),
    ddim({ ...common, eta: 0.5, rederiveNoise: true, finalNoise: "first" }),
  );
  assert.deepEqual(
    chooseSampler({ ...base, sampler: "ancestral" }, schedule, "v"),
    ancestral({ ...common, variance: "large" }),
  );
  const shifted = chooseSampler({ ...base, spacing: "leading", offset: 1 }, schedule, "v");
  assert.deepEqual(shifted.map(({ timestep }) => timestep).slice(-2), [101, 1]);
});

Deno.test("chooseSampler() makes finite factors of every sampler, schedule, spacing and number of steps", () => {
  for (const [name, tables] of Object.entries(schedules)) {
    for (const sampler of samplerIds) {
      for (const spacing of spacingIds) {
        for (const steps of [1, 2, 17, 49]) {
          for (const variance of ["small", "large", "learned"] as const) {
            const choice = { ...base, sampler, spacing, steps, variance };
            const list = chooseSampler(choice, tables, "v");
            const what = `${name} ${sampler} ${spacing} ${steps} ${variance}`;
            assert.equal(list.length, steps, what);
            assert.ok(list.every((step) => stepFactors(step).every(Number.isFinite)), what);
            // Everything ends at x̂0 itself.
            assert.deepEqual([list.at(-1)!.next.noise, list.at(-1)!.next.x], [0, 0], what);
          }
        }
      }
    }
  }
});

Deno.test("chooseSampler() keeps DPM-Solver++ from the clipped end of the cosine schedule", () => {
  const first = (lambdaMin: number) =>
    chooseSampler({ ...base, sampler: "dpmpp_2m", dpmpp: { lambdaMin } }, schedule, "eps")[0]!;
  assert.equal(first(-Infinity).timestep, 999);
  // diffusers: 1000 − searchsorted(flipped λ, −5.1) = 996 steps have λ >= −5.1.
  assert.equal(first(-5.1).timestep, 995);
  assert.throws(() => first(9), /the cleanest diffusion step has only 5.05/);
});

Deno.test("chooseSampler() with Karras' levels goes through them, told as whole steps", () => {
  const tables = scheduleNamed("linear_T1000");
  const dpmpp = { karrasRho: 7, lowerOrderFinal: false };
  const choice = { ...base, sampler: "dpmpp_2m", dpmpp } as const;
  const steps = chooseSampler(choice, tables, "v");
  assert.deepEqual(
    steps.map(({ timestep }) => timestep),
    [999, 937, 864, 775, 663, 511, 301, 102, 18, 0],
  );
  const sigmas = steps.map(({ level }) => level.noise / level.signal);
  assert.ok(Math.abs(sigmas[0]! / relativeNoise(tables, 999) - 1) < 1e-12);
  assert.ok(Math.abs(sigmas[9]! / relativeNoise(tables, 0) - 1) < 1e-12);
  const blind = scheduleNamed("linear_T1000_zero_terminal_snr");
  assert.throws(() => chooseSampler(choice, blind, "v"), /a finite maximum/);
  const visible = { ...choice, dpmpp: { ...dpmpp, lambdaMin: -6 } };
  assert.ok(chooseSampler(visible, blind, "v").every(({ level }) => level.signal > 0));
});

Deno.test("chooseSampler() refuses eps without signal and more steps than there are", () => {
  const blind = scheduleNamed("linear_T1000_zero_terminal_snr");
  for (const sampler of samplerIds) {
    assert.throws(() => chooseSampler({ ...base, sampler }, blind, "eps"), /use "x0" or "v"/);
    assert.throws(
      () => chooseSampler({ ...base, sampler, steps: 1001 }, schedule, "v"),
      RangeError,
    );
  }
});
