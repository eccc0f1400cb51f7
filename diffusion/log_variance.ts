/** Logarithms of the variance of a reverse step, which is 0 at the last one. */

import { entry, type NoiseSchedule } from "./noise_schedule.ts";

/** The network's own variances are of the form small^(1−f) large^f. */
export const varianceIds = ["small", "large", "learned"] as const;
export type VarianceId = typeof varianceIds[number];

/** Without a network that says the variance. */
export const fixedVarianceIds = ["small", "large"] as const;

/**
 * What log 0 becomes at step 0. Samples are the same, since no noise is added there; the variational bound is not:
 *
 * - `second`: the variance of step 1 (OpenAI's code); of a single step, its β;
 * - `floor`: 1e-20 (the official code of Residual Video Diffusion, and diffusers).
 */
export type ZeroVariance = "second" | "floor";

/** log of the variance of q(x_{n−1} | x_n, x0), finite everywhere. */
export function posteriorLogVariance(
  schedule: NoiseSchedule,
  step: number,
  zero: ZeroVariance = "second",
): number {
  const variance = entry(schedule.posteriorVariance, step);
  if (zero === "floor") return Math.log(Math.max(variance, 1e-20));
  return Math.log(variance > 0 ? variance : secondVariance(schedule));
}

/**
 * log variance of p(x_{n−1} | x_n) at the fractions 0 and 1 that a network may name in between; the two are
 * equal where the variance is fixed.
 *
 * Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, section 3.2; Nichol & Dhariwal 2021,
 * https://arxiv.org/abs/2102.09672, equation 15: log σ² = f log β + (1 − f) log of the posterior variance.
 */
export function modelLogVariance(
  schedule: NoiseSchedule,
  variance: VarianceId,
  step: number,
): { readonly low: number; readonly high: number } {
  const small = posteriorLogVariance(schedule, step);
  const beta = entry(schedule.beta, step);
  switch (variance) {
    case "small":
      return { low: small, high: small };
    case "large": {
      // β_0 would add as much noise to the decoder as a whole step: OpenAI's code takes that of step 1.
      const large = Math.log(step === 0 ? secondVariance(schedule) : beta);
      return { low: large, high: large };
    }
    case "learned":
      return { low: small, high: Math.log(beta) };
    default:
      return variance satisfies never;
  }
}

function secondVariance({ posteriorVariance, beta }: NoiseSchedule): number {
  return entry(
    posteriorVariance.length > 1 ? posteriorVariance : beta,
    Math.min(1, beta.length - 1),
  );
}
