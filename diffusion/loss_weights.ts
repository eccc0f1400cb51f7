/** How much each diffusion step counts in the training loss. */

import { signalToNoise } from "./noise_levels.ts";
import type { NoiseSchedule } from "./noise_schedule.ts";
import type { Objective } from "./objective.ts";

export const weightingIds = ["uniform", "min_snr"] as const;

export interface Weighting {
  readonly weighting: typeof weightingIds[number];
  /** γ of min-SNR; 5 in the paper. */
  readonly gamma: number;
}

/**
 * One weight per diffusion step. Min-SNR weighs the error of x0 by min(SNR, γ), whatever the network predicts:
 *
 *     x0: min(SNR, γ)    ε: min(SNR, γ) / SNR    v: min(SNR, γ) / (SNR + 1)
 *
 * Where SNR is 0 the weight of ε is its limit, 1 (as in the official code); those of x0 and v are 0 there: a step
 * of pure noise then teaches nothing.
 *
 * Source: Hang et al. 2023, https://arxiv.org/abs/2303.09556, equation 8 and section 3.4.
 * @throws {RangeError} When γ is not positive.
 */
export function lossWeights(
  { weighting, gamma }: Weighting,
  objective: Objective,
  schedule: NoiseSchedule,
): Float64Array {
  if (weighting === "uniform") return new Float64Array(schedule.steps).fill(1);
  if (!(gamma > 0)) {
    throw new RangeError(`Cannot weigh diffusion steps: gamma must be positive, but is ${gamma}`);
  }
  return Float64Array.from(
    { length: schedule.steps },
    (_, step) => minSnr(objective, signalToNoise(schedule, step), gamma),
  );
}

/** Weight at one signal-to-noise ratio. */
export function minSnr(objective: Objective, snr: number, gamma: number): number {
  const clipped = Math.min(snr, gamma);
  switch (objective) {
    case "x0":
      return clipped;
    case "eps":
      return snr === 0 ? 1 : clipped / snr;
    case "v":
      return clipped / (snr + 1);
    default:
      return objective satisfies never;
  }
}
