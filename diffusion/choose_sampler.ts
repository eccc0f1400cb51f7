/** From what a config says about sampling to a list of steps. */

import { karrasSigmas, timestepOfSigma } from "./karras_sigmas.ts";
import type { VarianceId } from "./log_variance.ts";
import { halfLogSnr, relativeNoise } from "./noise_levels.ts";
import type { NoiseSchedule } from "./noise_schedule.ts";
import type { Objective } from "./objective.ts";
import { ancestral } from "./samplers/ancestral.ts";
import { ddim } from "./samplers/ddim.ts";
import { dpmpp2m, type solverIds } from "./samplers/dpmpp_2m.ts";
import type { FinalNoise, SamplerStep } from "./samplers/sampler.ts";
import { multistepSpacing, type Spacing, timestepSpacing } from "./timestep_spacing.ts";

export const samplerIds = ["ancestral", "ddim", "dpmpp_2m"] as const;
export type SamplerId = typeof samplerIds[number];

/** A sampler as data. What does not concern the sampler is ignored. */
export interface SamplerChoice {
  readonly sampler: SamplerId;
  /** Diffusion steps visited, each one call of the network. */
  readonly steps: number;
  /** Which ones; DPM-Solver++ leaves out the last point of `leading` and `linspace`, see `multistepSpacing`. */
  readonly spacing: Spacing;
  /** Added to the steps of `leading`; 0 if absent. */
  readonly offset?: number;
  /** DDIM: share of fresh noise. */
  readonly eta: number;
  /** Ancestral: variance of a step; `learned` needs a network that says it. */
  readonly variance: VarianceId;
  /** DDIM: whether ε̂ follows from the clipped x̂0. */
  readonly rederiveNoise: boolean;
  /** DDIM and DPM-Solver++: where to end; without noise if absent. */
  readonly finalNoise?: FinalNoise;
  /** DPM-Solver++, all as its authors and diffusers have it if absent. */
  readonly dpmpp?: Partial<DpmppChoice>;
}

export interface DpmppChoice {
  /** Midpoint if absent. */
  readonly solver: typeof solverIds[number];
  /** Whether the last of fewer than 15 steps is of first order; true if absent. */
  readonly lowerOrderFinal: boolean;
  /**
   * Diffusion steps with a smaller λ = ½ log SNR are not visited; −∞ if absent. −5.1 keeps a cosine schedule
   * from starting at its clipped last β.
   */
  readonly lambdaMin: number;
  /** ρ of Karras' noise levels in place of spaced diffusion steps; null if absent, 7 in the paper. */
  readonly karrasRho: number | null;
}

/**
 * The steps that a choice stands for, from pure noise to a sample.
 * @throws {RangeError} When the schedule has fewer steps than asked for, or the objective is ε where no signal is
 * left (see `requireRecoverable`).
 */
export function chooseSampler(
  choice: SamplerChoice,
  schedule: NoiseSchedule,
  objective: Objective,
): readonly SamplerStep[] {
  const { sampler, spacing, steps, offset, eta, variance, rederiveNoise } = choice;
  const { finalNoise = "zero" } = choice;
  if (sampler === "dpmpp_2m") return multistep(choice, schedule, objective);
  const timesteps = timestepSpacing(spacing, schedule.steps, steps, offset);
  const common = { schedule, objective, timesteps };
  switch (sampler) {
    case "ancestral":
      return ancestral({ ...common, variance });
    case "ddim":
      return ddim({ ...common, eta, rederiveNoise, finalNoise });
    default:
      return sampler satisfies never;
  }
}

function multistep(
  { spacing, steps, offset, finalNoise = "zero", dpmpp = {} }: SamplerChoice,
  schedule: NoiseSchedule,
  objective: Objective,
): readonly SamplerStep[] {
  const { solver = "midpoint", lowerOrderFinal = true, lambdaMin = -Infinity } = dpmpp;
  const common = { schedule, objective, solver, lowerOrderFinal, finalNoise };
  const visible = stepsAbove(schedule, lambdaMin);
  if (dpmpp.karrasRho === undefined || dpmpp.karrasRho === null) {
    return dpmpp2m({ ...common, timesteps: multistepSpacing(spacing, visible, steps, offset) });
  }
  const sigmas = karrasSigmas({
    count: steps,
    min: relativeNoise(schedule, 0),
    max: relativeNoise(schedule, visible - 1),
    rho: dpmpp.karrasRho,
  });
  const timesteps = Array.from(sigmas, (sigma) => timestepOfSigma(schedule, sigma));
  return dpmpp2m({ ...common, timesteps, sigmas });
}

/** How many diffusion steps, counted from 0, have at least this λ. */
function stepsAbove(schedule: NoiseSchedule, lambdaMin: number): number {
  let count = schedule.steps;
  while (count > 0 && halfLogSnr(schedule, count - 1) < lambdaMin) count--;
  if (count > 0) return count;
  throw new RangeError(
    `Cannot sample with lambda above ${lambdaMin}: the cleanest diffusion step has only ` +
      `${halfLogSnr(schedule, 0).toPrecision(3)}`,
  );
}
