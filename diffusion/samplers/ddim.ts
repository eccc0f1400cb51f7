/** Denoising diffusion implicit models. */

import { entry } from "../noise_schedule.ts";
import { cleanFactors } from "../objective.ts";
import type { FinalNoise, SamplerOptions, SamplerStep } from "./sampler.ts";

export interface DdimOptions extends SamplerOptions {
  /** 0 is deterministic, 1 draws as much noise as ancestral sampling with the small variance. */
  readonly eta: number;
  /**
   * Where ε̂ comes from: true takes it from the clipped x̂0 and x_n (as OpenAI's code), false from the network's
   * output (as diffusers does by default). The same unless clipping changes x̂0.
   */
  readonly rederiveNoise: boolean;
  /** Zero, if absent. */
  readonly finalNoise?: FinalNoise;
}

/**
 *     σ = η √((1−ᾱ_p)/(1−ᾱ_n)) √(1 − ᾱ_n/ᾱ_p)
 *     x_p = √ᾱ_p x̂0 + √(1−ᾱ_p−σ²) ε̂ + σ z
 *
 * where p is the next diffusion step of the list, and ᾱ_p = 1 (or ᾱ_0, see `FinalNoise`) after the last.
 *
 * Source: Song et al. 2021, https://arxiv.org/abs/2010.02502, equations 12 and 16.
 */
export function ddim(options: DdimOptions): readonly SamplerStep[] {
  const { schedule, objective, timesteps, eta, rederiveNoise } = options;
  const final = options.finalNoise === "first" ? entry(schedule.alphaBar, 0) : 1;
  return timesteps.map((timestep, i) => {
    const following = timesteps[i + 1];
    const current = entry(schedule.alphaBar, timestep);
    const target = following === undefined ? final : entry(schedule.alphaBar, following);
    const signal = entry(schedule.signal, timestep);
    const noise = entry(schedule.noise, timestep);
    const sigma = eta * Math.sqrt((1 - target) / (1 - current)) * Math.sqrt(1 - current / target);
    const direction = Math.sqrt(Math.max(0, 1 - target - sigma * sigma)); // factor of ε̂
    const clean = cleanFactors(objective, { signal, noise });
    // ε̂ = (x − √ᾱ x̂0) / √(1−ᾱ), with x̂0 clipped, or written out in x and the output.
    const next = rederiveNoise
      ? {
        x0: Math.sqrt(target) - (direction * signal) / noise,
        x: direction / noise,
        output: 0,
      }
      : {
        x0: Math.sqrt(target),
        x: (direction * (1 - signal * clean.x)) / noise,
        output: (-direction * signal * clean.output) / noise,
      };
    return {
      timestep,
      level: { signal, noise },
      clean,
      next: { ...next, noise: sigma, noiseRange: 0, previousX0: 0 },
    };
  });
}
