/** Noising of one sample in float64. */

import { entry, type NoiseSchedule } from "./noise_schedule.ts";

/**
 * x_n = √ᾱ_n x0 + √(1−ᾱ_n) ε, from the clean sample in one step: noising what was already noised compounds, and
 * shows a process that no one trained on.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equation 4. On tensors: `diffuse`.
 * @param noise ε, standard normal, as many values as x0.
 * @throws {RangeError} When the lengths differ, or the step is not of this schedule.
 */
export function qSample(
  schedule: NoiseSchedule,
  step: number,
  x0: ArrayLike<number>,
  noise: ArrayLike<number>,
): Float64Array {
  if (x0.length !== noise.length) {
    throw new RangeError(
      `Cannot noise a sample: noise must have its ${x0.length} values, but has ${noise.length}`,
    );
  }
  const [signal, deviation] = [entry(schedule.signal, step), entry(schedule.noise, step)];
  return Float64Array.from(
    { length: x0.length },
    (_, i) => signal * x0[i]! + deviation * noise[i]!,
  );
}
