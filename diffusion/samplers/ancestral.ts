/** Ancestral sampling. */

import type { VarianceId } from "../log_variance.ts";
import { entry } from "../noise_schedule.ts";
import { cleanFactors } from "../objective.ts";
import type { SamplerOptions, SamplerStep } from "./sampler.ts";

export interface AncestralOptions extends SamplerOptions {
  /**
   * Variance of a step: `small` is that of q(x_p | x_n, x0), right when the data is one point; `large` is β,
   * right when the data is white noise; `learned` lets the network choose for each pixel between the two.
   */
  readonly variance: VarianceId;
}

/**
 * Draws from q(x_p | x_n, x̂0), where p is the next diffusion step of the list:
 *
 *     ā = ᾱ_n / ᾱ_p (α of the step),  b = 1 − ā
 *     mean = √ᾱ_p b / (1−ᾱ_n) x̂0 + √ā (1−ᾱ_p) / (1−ᾱ_n) x_n
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equations 6 and 7; with skipped steps,
 * Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672, section 4, and equation 15 for the learned variance.
 * The last step adds no noise.
 */
export function ancestral(options: AncestralOptions): readonly SamplerStep[] {
  const { schedule, objective, timesteps, variance } = options;
  return timesteps.map((timestep, i) => {
    const following = timesteps[i + 1];
    const current = entry(schedule.alphaBar, timestep);
    const target = following === undefined ? 1 : entry(schedule.alphaBar, following);
    const alpha = current / target;
    // In a list without gaps, β itself: 1 − ᾱ_n / ᾱ_p would lose digits that the tables have.
    const isDense = following === timestep - 1 || (following === undefined && timestep === 0);
    const beta = isDense ? entry(schedule.beta, timestep) : 1 - alpha;
    const posteriorVariance = (beta * (1 - target)) / (1 - current);
    const level = {
      signal: entry(schedule.signal, timestep),
      noise: entry(schedule.noise, timestep),
    };
    return {
      timestep,
      level,
      clean: cleanFactors(objective, level),
      next: {
        x0: (Math.sqrt(target) * beta) / (1 - current),
        x: (Math.sqrt(isDense ? 1 - beta : alpha) * (1 - target)) / (1 - current),
        output: 0,
        noise: following === undefined
          ? 0
          : Math.sqrt(variance === "large" ? beta : posteriorVariance),
        noiseRange: following === undefined || variance !== "learned"
          ? 0
          : 0.5 * Math.log(beta / posteriorVariance),
        previousX0: 0,
      },
    };
  });
}
