import { entry, type NoiseSchedule } from "../../../diffusion/noise_schedule.ts";
import { cleanFactors, type Objective } from "../../../diffusion/objective.ts";
import type { SamplerStep } from "../../../diffusion/samplers/sampler.ts";

/**
 * Mean and variance that a sampler gives data from N(mean, variance) when the network is perfect: E[x0 | x_n] is
 * linear in x_n, so both follow exactly from the factors, without a random number.
 */
export function sampleGaussian(
  steps: readonly SamplerStep[],
  schedule: NoiseSchedule,
  objective: Objective,
  data: { readonly mean: number; readonly variance: number },
): { readonly mean: number; readonly variance: number } {
  // x as a + b · (start noise), plus independent variance; x̂0 of the step before likewise is not needed by
  // samplers whose previousX0 is 0.
  let mean = 0;
  let variance = 1;
  for (const { timestep, clean, next } of steps) {
    const signal = entry(schedule.signal, timestep);
    const noise = entry(schedule.noise, timestep);
    const gain = (signal * data.variance) / (signal ** 2 * data.variance + noise ** 2);
    const offset = data.mean * (1 - gain * signal); // E[x0 | x] = offset + gain x
    const expected = cleanFactors(objective, { signal, noise });
    // The output for which x̂0 is that: (x̂0 − expected.x x) / expected.output.
    const outputGain = (gain - expected.x) / expected.output;
    const outputOffset = offset / expected.output;
    const x0Gain = clean.x + clean.output * outputGain;
    const x0Offset = clean.output * outputOffset;
    const slope = next.x0 * x0Gain + next.x + next.output * outputGain;
    mean = slope * mean + next.x0 * x0Offset + next.output * outputOffset;
    variance = slope ** 2 * variance + next.noise ** 2;
  }
  return { mean, variance };
}
