/** Published and independently computed numbers; `about` in the file says from where. */

import fixture from "../fixtures/diffusion.json" with { type: "json" };
import { type NoiseSchedule, noiseSchedule } from "../../diffusion/noise_schedule.ts";
import { cosine } from "../../diffusion/schedules/cosine.ts";
import { linear, linearScaled } from "../../diffusion/schedules/linear.ts";
import type { SamplerStep } from "../../diffusion/samplers/sampler.ts";

export { fixture };

/** The schedules that the fixture names. */
export const schedules: Readonly<Record<string, NoiseSchedule>> = {
  linear_T1000: noiseSchedule(linear(1000)),
  linear_T300_unscaled: noiseSchedule(linear(300)),
  linear_T300_scaled: noiseSchedule(linearScaled(300)),
  cosine_T1000: noiseSchedule(cosine(1000)),
  cosine_T50: noiseSchedule(cosine(50)),
  cosine_T1600_rvd: noiseSchedule(cosine(1600)),
};

export function scheduleNamed(name: string): NoiseSchedule {
  const schedule = schedules[name];
  if (schedule === undefined) throw new Error(`Cannot find schedule "${name}" of the fixture`);
  return schedule;
}

/** `SamplerStep` in float64, element by element: what `samplerStep` does to tensors. */
export function applyStep(
  { clean, next }: SamplerStep,
  x: number,
  output: number,
  noise: number,
  clip: number | null,
): { readonly x0: number; readonly next: number } {
  const raw = clean.x * x + clean.output * output;
  const x0 = clip === null ? raw : Math.min(clip, Math.max(-clip, raw));
  return { x0, next: next.x0 * x0 + next.x * x + next.output * output + next.noise * noise };
}
