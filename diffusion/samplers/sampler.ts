/** What every sampler is: numbers, computed before any tensor exists. */

import type { NoiseSchedule } from "../noise_schedule.ts";
import type { CleanFactors, NoiseLevel, Objective } from "../objective.ts";

/**
 * One step of a sampler, as factors of the tensors at hand:
 *
 *     x̂0   = clip(clean.x · x + clean.output · output)
 *     next = next.x0 · x̂0 + next.x · x + next.output · output + next.noise · e^{f · next.noiseRange} · z
 *            + next.previousX0 · x̂0 of the step before
 *
 * where f in [0, 1] is what the network says of the variance of each pixel, 0 if it says nothing. All published
 * samplers with one network call per step have this form, so one compiled program runs them all.
 */
export interface SamplerStep {
  /** Diffusion step that the network is told. */
  readonly timestep: number;
  /** What x holds before the step. */
  readonly level: NoiseLevel;
  readonly clean: CleanFactors;
  readonly next: {
    readonly x0: number;
    readonly x: number;
    readonly output: number;
    /** Standard deviation of the fresh noise z; 0 in a deterministic step. */
    readonly noise: number;
    /** log of the largest standard deviation that the network may ask for, over `noise`; 0 where it has no say. */
    readonly noiseRange: number;
    /** 0 in the first step, and in every sampler that looks at one prediction only. */
    readonly previousX0: number;
  };
}

/**
 * Where a sampler ends: without noise, or with that of diffusion step 0 (diffusers' `set_alpha_to_one: false` and
 * `final_sigmas_type: sigma_min`).
 */
export const finalNoiseIds = ["zero", "first"] as const;
export type FinalNoise = typeof finalNoiseIds[number];

export interface SamplerOptions {
  readonly schedule: NoiseSchedule;
  readonly objective: Objective;
  /** Diffusion steps to visit, descending; the last goes to x0. */
  readonly timesteps: readonly number[];
}

/** The steps from pure noise to a sample, in order. */
export type Sampler<Options extends SamplerOptions> = (options: Options) => readonly SamplerStep[];
