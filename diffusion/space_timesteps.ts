/** Which diffusion steps OpenAI's code keeps. */

import { roundHalfToEven } from "./round_half_to_even.ts";

/**
 * Diffusion steps to visit, descending.
 *
 * - A list of counts: the schedule is cut into as many sections of equal length (the first ones longer by one
 *   where it does not divide), and from each so many steps are taken at equal distance, its ends included.
 * - `"ddim10"`: every k-th step from 0 on, with the smallest k that gives exactly 10.
 *
 * Source: `space_timesteps` of https://github.com/openai/improved-diffusion, `respace.py`, re-derived.
 * @throws {RangeError} When a section is shorter than its count, or no stride gives the count.
 */
export function spaceTimesteps(
  steps: number,
  sections: readonly number[] | `ddim${number}`,
): readonly number[] {
  const taken = typeof sections === "string"
    ? strided(steps, Number(sections.slice("ddim".length)))
    : sections.flatMap((count, i) => section(steps, sections.length, i, count));
  return taken.reverse();
}

function strided(steps: number, count: number): number[] {
  for (let stride = 1; stride < steps; stride++) {
    if (Math.ceil(steps / stride) === count) {
      return Array.from({ length: count }, (_, i) => i * stride);
    }
  }
  throw new RangeError(
    `Cannot choose ${count} of ${steps} diffusion steps: no whole stride gives exactly so many`,
  );
}

function section(steps: number, sections: number, index: number, count: number): number[] {
  const [size, rest] = [Math.floor(steps / sections), steps % sections];
  const length = size + (index < rest ? 1 : 0);
  const start = index * size + Math.min(index, rest);
  if (!Number.isInteger(count) || count < 0 || count > length) {
    throw new RangeError(
      `Cannot choose ${count} diffusion steps from section ${index}: it must be a whole number from 0 to ` +
        `${length}, its length`,
    );
  }
  const stride = count > 1 ? (length - 1) / (count - 1) : 1;
  const taken: number[] = [];
  // Summed up, not multiplied: the original does so, and halves round by its rounding errors.
  for (let i = 0, at = 0; i < count; i++, at += stride) taken.push(start + roundHalfToEven(at));
  return taken;
}
