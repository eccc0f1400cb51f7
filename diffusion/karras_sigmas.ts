/** Noise levels spaced as Karras et al. do. */

import { halfLogSnr } from "./noise_levels.ts";
import type { NoiseSchedule } from "./noise_schedule.ts";
import { linspace } from "./linspace.ts";
import { roundHalfToEven } from "./round_half_to_even.ts";

export interface KarrasOptions {
  readonly count: number;
  /** σ of the last level. */
  readonly min: number;
  /** σ of the first level. */
  readonly max: number;
  /** The larger, the more levels lie at little noise; 7 in the paper. */
  readonly rho: number;
}

/**
 * σ_i = (σ_max^{1/ρ} + i / (count − 1) (σ_min^{1/ρ} − σ_max^{1/ρ}))^ρ, descending, relative to a signal of 1.
 *
 * Source: Karras et al. 2022, https://arxiv.org/abs/2206.00364, equation 5.
 * @throws {RangeError} When count < 1, or not 0 < min <= max < ∞.
 */
export function karrasSigmas({ count, min, max, rho }: KarrasOptions): Float64Array {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot space noise levels: count must be >= 1, but is ${count}`);
  }
  if (!(min > 0 && min <= max && Number.isFinite(max))) {
    throw new RangeError(
      `Cannot space noise levels: they must go from a finite maximum down to a minimum above 0, but go from ` +
        `${max} to ${min}`,
    );
  }
  const [from, to] = [max ** (1 / rho), min ** (1 / rho)];
  return linspace(0, 1, count).map((share) => (from + share * (to - from)) ** rho);
}

/**
 * The diffusion step whose noise is nearest to σ, by interpolation in log σ: what a network that was trained on
 * whole steps is told.
 */
export function timestepOfSigma(schedule: NoiseSchedule, sigma: number): number {
  const lambda = -Math.log(sigma);
  const last = schedule.steps - 1;
  // λ falls with the step: the interval starts at the last step that is at least as clean as σ.
  let low = 0;
  while (low < last - 1 && halfLogSnr(schedule, low + 1) >= lambda) low++;
  if (low === last || lambda === -Infinity) return last;
  const [above, below] = [halfLogSnr(schedule, low), halfLogSnr(schedule, low + 1)];
  const share = (above - lambda) / (above - below);
  return roundHalfToEven(low + Math.min(1, Math.max(0, share)));
}
