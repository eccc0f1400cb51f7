/** Published and independently computed numbers; `about` in the file says from where. */

import fixture from "../fixtures/diffusion.json" with { type: "json" };
import { buildSchedule } from "../../diffusion/build_schedule.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { SamplerStep } from "../../diffusion/samplers/sampler.ts";
import type { ScheduleId } from "../../diffusion/schedules/mod.ts";

export { fixture };

/** The schedules that the fixture names. */
export const schedules: Readonly<Record<string, NoiseSchedule>> = {
  linear_T1000: built("linear", 1000),
  linear_T1000_zero_terminal_snr: built("linear", 1000, true),
  linear_T300_unscaled: built("linear", 300),
  linear_T300_scaled: built("linear_scaled", 300),
  linear_T100_scaled: built("linear_scaled", 100),
  scaled_linear_T1000_sd: built("scaled_linear", 1000),
  cosine_T1000: built("cosine", 1000),
  cosine_T50: built("cosine", 50),
  cosine_T1600_rvd: built("cosine", 1600),
  sigmoid_T1000_lucidrains: built("sigmoid", 1000),
};

function built(schedule: ScheduleId, timesteps: number, zeroTerminalSnr = false): NoiseSchedule {
  return buildSchedule({ schedule, timesteps, zeroTerminalSnr });
}

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
  { previousX0 = 0, fraction = -1 }: { previousX0?: number; fraction?: number } = {},
): { readonly x0: number; readonly next: number } {
  const raw = clean.x * x + clean.output * output;
  const x0 = clip === null ? raw : Math.min(clip, Math.max(-clip, raw));
  const deviation = next.noise * Math.exp(((fraction + 1) / 2) * next.noiseRange);
  return {
    x0,
    next: next.x0 * x0 + next.x * x + next.output * output + deviation * noise +
      next.previousX0 * previousX0,
  };
}

/** Where diffusers' tests start: 0, 1/768, ..., 767/768. */
export const loopStart = Float64Array.from({ length: 768 }, (_, i) => i / 768);

/** x after all steps from `loopStart`, with the network of diffusers' tests: `model(x, t) = x t / (t + 1)`. */
export function runLoop(steps: readonly SamplerStep[], clip: number | null): Float64Array {
  return loopStart.map((start) => {
    let x = start;
    let previousX0 = 0;
    for (const step of steps) {
      const output = (x * step.timestep) / (step.timestep + 1);
      ({ next: x, x0: previousX0 } = applyStep(step, x, output, 0, clip, { previousX0 }));
    }
    return x;
  });
}

/** Σ |x|, in the order of the elements. */
export function sumAbs(values: Float64Array): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0);
}
