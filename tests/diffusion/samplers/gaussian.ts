import { cleanFactors, type Objective } from "../../../diffusion/objective.ts";
import type { SamplerStep } from "../../../diffusion/samplers/sampler.ts";

/**
 * Mean and variance that a sampler gives data from N(mean, variance) when the network is perfect: E[x0 | x_n] is
 * linear in x_n, so both follow exactly from the factors, without a random number.
 *
 * Fresh noise must not meet a step that looks back (`previousX0`): the two predictions would be correlated.
 */
export function sampleGaussian(
  steps: readonly SamplerStep[],
  objective: Objective,
  data: { readonly mean: number; readonly variance: number },
): { readonly mean: number; readonly variance: number } {
  // x = offset + gain · start noise, plus independent noise of variance `fresh`.
  let x: Linear = { offset: 0, gain: 1 };
  let previousX0: Linear = { offset: 0, gain: 0 };
  let fresh = 0;
  for (const { level: { signal, noise }, clean, next } of steps) {
    const gain = (signal * data.variance) / (signal ** 2 * data.variance + noise ** 2);
    const offset = data.mean * (1 - gain * signal); // E[x0 | x] = offset + gain x
    const expected = cleanFactors(objective, { signal, noise });
    // The output for which x̂0 is that: (x̂0 − expected.x x) / expected.output.
    const output = {
      offset: offset / expected.output,
      gain: (gain - expected.x) / expected.output,
    };
    const x0 = { offset: clean.output * output.offset, gain: clean.x + clean.output * output.gain };
    const slope = next.x0 * x0.gain + next.x + next.output * output.gain;
    const predicted = { offset: x0.offset + x0.gain * x.offset, gain: x0.gain * x.gain };
    x = {
      offset: slope * x.offset + next.x0 * x0.offset + next.output * output.offset +
        next.previousX0 * previousX0.offset,
      gain: slope * x.gain + next.previousX0 * previousX0.gain,
    };
    fresh = slope ** 2 * fresh + next.noise ** 2;
    if (fresh > 0 && next.previousX0 !== 0) {
      throw new Error("Internal error: fresh noise in a step that looks back");
    }
    previousX0 = predicted;
  }
  return { mean: x.offset, variance: x.gain ** 2 + fresh };
}

interface Linear {
  readonly offset: number;
  readonly gain: number;
}
