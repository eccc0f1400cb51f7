/** DPM-Solver++, the second-order multistep solver. */

import { entry, type NoiseSchedule } from "../noise_schedule.ts";
import { cleanFactors, type NoiseLevel } from "../objective.ts";
import type { FinalNoise, SamplerOptions, SamplerStep } from "./sampler.ts";

export const solverIds = ["midpoint", "heun"] as const;

export interface Dpmpp2mOptions extends SamplerOptions {
  /** σ of each step relative to a signal of 1, where it is not that of the diffusion step (Karras). */
  readonly sigmas?: ArrayLike<number>;
  /** How the slope of x̂0 enters; both are of second order. */
  readonly solver: typeof solverIds[number];
  /** Whether the last of fewer than 15 steps looks at one prediction only: with long steps the slope overshoots. */
  readonly lowerOrderFinal: boolean;
  readonly finalNoise: FinalNoise;
}

/** From this many steps on, `lowerOrderFinal` changes nothing, as in the published code. */
const MANY_STEPS = 15;

/**
 * Solves dx/dλ with λ = log(√ᾱ / √(1−ᾱ)) from level s to level t, given x̂0 at s and at the level r before it:
 *
 *     h = λ_t − λ_s,  D = (x̂0_s − x̂0_r) h / (λ_s − λ_r)
 *     x_t = n_t / n_s x − √ᾱ_t (e^{−h} − 1) x̂0_s − ½ √ᾱ_t (e^{−h} − 1) D            (midpoint)
 *     x_t = n_t / n_s x − √ᾱ_t (e^{−h} − 1) x̂0_s + √ᾱ_t ((e^{−h} − 1) / h + 1) D     (heun)
 *
 * where n = √(1−ᾱ). Without D it is DDIM, of first order: the first step, and a step to no noise, where x = x̂0.
 * From a level of pure noise (λ_r = −∞) D is 0: exact, where diffusers pretends that ᾱ is 2^−24.
 *
 * Source: Lu et al. 2022, https://arxiv.org/abs/2211.01095, algorithm 2 and appendix B.
 * @throws {RangeError} When a step does not lower the noise.
 */
export function dpmpp2m(options: Dpmpp2mOptions): readonly SamplerStep[] {
  const { schedule, objective, timesteps, lowerOrderFinal, finalNoise } = options;
  const levels = timesteps.map((timestep, i) =>
    options.sigmas ? levelOfSigma(options.sigmas[i] ?? NaN) : levelOf(schedule, timestep)
  );
  requireFalling(timesteps, levels);
  const final = finalNoise === "first" ? levelOf(schedule, 0) : { signal: 1, noise: 0 };
  return timesteps.map((timestep, i) => {
    const level = levels[i]!;
    const isLast = i === timesteps.length - 1;
    const isShort = isLast && lowerOrderFinal && timesteps.length < MANY_STEPS;
    const target = levels[i + 1] ?? final;
    return {
      timestep,
      level,
      clean: cleanFactors(objective, level),
      next: nextFactors(target, level, isShort ? undefined : levels[i - 1], options.solver),
    };
  });
}

function nextFactors(
  target: NoiseLevel,
  current: NoiseLevel,
  before: NoiseLevel | undefined,
  solver: typeof solverIds[number],
): SamplerStep["next"] {
  const rest = { output: 0, noise: 0, noiseRange: 0 };
  // λ is infinite there, and the formulas become ∞ − ∞.
  if (target.noise === 0) return { x0: 1, x: 0, previousX0: 0, ...rest };
  const h = lambda(target) - lambda(current);
  const growth = Math.expm1(-h); // in [−1, 0]
  const first = -target.signal * growth;
  // Factor of x̂0_s − x̂0_r. With h inside, h = 0 (an end at the noise of step 0) needs no case of its own.
  const slope = before === undefined
    ? 0
    : (target.signal * (solver === "midpoint" ? -0.5 * growth * h : growth + h)) /
      (lambda(current) - lambda(before));
  return { x0: first + slope, x: target.noise / current.noise, previousX0: -slope, ...rest };
}

function lambda({ signal, noise }: NoiseLevel): number {
  return Math.log(signal / noise);
}

function levelOf(schedule: NoiseSchedule, timestep: number): NoiseLevel {
  return { signal: entry(schedule.signal, timestep), noise: entry(schedule.noise, timestep) };
}

function levelOfSigma(sigma: number): NoiseLevel {
  const signal = 1 / Math.sqrt(1 + sigma * sigma);
  return { signal, noise: sigma * signal };
}

function requireFalling(timesteps: readonly number[], levels: readonly NoiseLevel[]): void {
  for (const [i, level] of levels.entries()) {
    const next = levels[i + 1];
    if (next === undefined || lambda(next) > lambda(level)) continue;
    throw new RangeError(
      `Cannot solve with DPM-Solver++: each step must have less noise than the one before, but diffusion steps ` +
        `${timesteps[i]} and ${timesteps[i + 1]} follow each other`,
    );
  }
}
