/** Which of the diffusion steps a sampler visits. */

import { linspace } from "./linspace.ts";
import { roundHalfToEven } from "./round_half_to_even.ts";

export const spacingIds = ["leading", "linspace", "trailing"] as const;
export type Spacing = typeof spacingIds[number];

/**
 * `count` of `steps` diffusion steps, descending. A sampler must go from one to the next of this list: a
 * fixed stride of steps / count misses entries where the division leaves a rest.
 *
 * - leading: multiples of ⌊steps / count⌋ plus `offset` (DDIM; Stable Diffusion's offset is 1); never visits the
 *   noisiest steps.
 * - linspace: equal steps from steps − 1 to 0, rounded half to even as numpy does; of one, 0.
 * - trailing: steps, steps − steps / count, ..., each rounded, minus 1; always starts at the noisiest step
 *   (Lin et al. 2023, https://arxiv.org/abs/2305.08891, table 2).
 * @throws {RangeError} When count is not a whole number from 1 to steps, or the offset leaves the schedule.
 */
export function timestepSpacing(
  spacing: Spacing,
  steps: number,
  count: number,
  offset = 0,
): readonly number[] {
  requireCount(steps, count, steps);
  switch (spacing) {
    case "leading":
      return withOffset(descending(count, (i) => i * Math.floor(steps / count)), offset, steps);
    case "linspace":
      return rounded(linspace(0, steps - 1, count)).reverse();
    case "trailing":
      return trailing(steps, count);
    default:
      return spacing satisfies never;
  }
}

/**
 * The steps of a multistep solver, which goes from the last of them to no noise (or that of step 0): where
 * `timestepSpacing` would end at 0, one point more is laid out and its last is left out, as diffusers does for
 * DPM-Solver++. `trailing` is the same.
 * @throws {RangeError} When count is not a whole number below steps (for trailing, up to steps).
 */
export function multistepSpacing(
  spacing: Spacing,
  steps: number,
  count: number,
  offset = 0,
): readonly number[] {
  requireCount(steps, count, spacing === "trailing" ? steps : steps - 1);
  switch (spacing) {
    case "leading": {
      const stride = Math.floor(steps / (count + 1));
      return withOffset(descending(count, (i) => (i + 1) * stride), offset, steps);
    }
    case "linspace":
      return rounded(linspace(0, steps - 1, count + 1).subarray(1)).reverse();
    case "trailing":
      return trailing(steps, count);
    default:
      return spacing satisfies never;
  }
}

function trailing(steps: number, count: number): readonly number[] {
  // numpy.arange takes its stride from its first two values: halves then round to the same side.
  const stride = steps - steps / count - steps;
  return Array.from({ length: count }, (_, i) => roundHalfToEven(steps + i * stride) - 1);
}

function withOffset(timesteps: number[], offset: number, steps: number): readonly number[] {
  const shifted = timesteps.map((timestep) => timestep + offset);
  const isInside = shifted.every((t) => Number.isInteger(t) && t >= 0 && t < steps);
  if (isInside) return shifted;
  throw new RangeError(
    `Cannot shift ${timesteps.length} of ${steps} diffusion steps by ${offset}: all must stay whole numbers ` +
      `from 0 to ${steps - 1}, but they go from ${shifted.at(-1)} to ${shifted[0]}`,
  );
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, roundHalfToEven);
}

function descending(count: number, at: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => at(count - 1 - i));
}

function requireCount(steps: number, count: number, most: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw new RangeError(
    `Cannot choose ${count} of ${steps} diffusion steps: it must be a whole number from 1 to ${most}`,
  );
}
