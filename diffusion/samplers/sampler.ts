/** What every sampler is: numbers, computed before any tensor exists. */

import type { NoiseSchedule } from "../noise_schedule.ts";
import type { CleanFactors, NoiseLevel, Objective } from "../objective.ts";

/**
 * One step of a sampler, as factors of the tensors at hand:
 *
 *     x̂0   = clip(clean.x · x + clean.output · output)
 *     next = next.x0 · x̂0 + next.x · x + next.output · output + next.noise · z + next.previousX0 · x̂0 of the step before
 *
 * All published samplers with one network call per step have this form, so one compiled program runs them all.
 */
export interface SamplerStep {
  /** Diffusion step that the network is told. */
  readonly timestep: number;
  readonly level: NoiseLevel;
  readonly clean: CleanFactors;
  readonly next: {
    readonly x0: number;
    readonly x: number;
    readonly output: number;
    /** Standard deviation of the fresh noise z; 0 in a deterministic step. */
    readonly noise: number;
    /** 0 in the first step, and in every sampler that looks at one prediction only. */
    readonly previousX0: number;
  };
}

export interface SamplerOptions {
  readonly schedule: NoiseSchedule;
  readonly objective: Objective;
  /** Diffusion steps to visit, descending; the last goes to x0. */
  readonly timesteps: readonly number[];
}

/** The steps from pure noise to a sample, in order. */
export type Sampler<Options extends SamplerOptions> = (options: Options) => readonly SamplerStep[];
