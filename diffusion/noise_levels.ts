/** The same noise level in the units of other papers. */

import { entry, type NoiseSchedule } from "./noise_schedule.ts";

/** Signal-to-noise ratio ᾱ / (1 − ᾱ); 0 where no signal is left. */
export function signalToNoise(schedule: NoiseSchedule, step: number): number {
  const alphaBar = entry(schedule.alphaBar, step);
  return alphaBar / (1 - alphaBar);
}

/** λ = ½ log SNR, the clock of DPM-Solver; −∞ where no signal is left. */
export function halfLogSnr(schedule: NoiseSchedule, step: number): number {
  return 0.5 * Math.log(signalToNoise(schedule, step));
}

/** σ = √((1 − ᾱ) / ᾱ): noise relative to a signal of 1, as in Karras et al. 2022; ∞ where no signal is left. */
export function relativeNoise(schedule: NoiseSchedule, step: number): number {
  const alphaBar = entry(schedule.alphaBar, step);
  return Math.sqrt((1 - alphaBar) / alphaBar);
}
