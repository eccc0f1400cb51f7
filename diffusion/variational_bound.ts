/** The variational bound on the log likelihood of data, in float64. */

import { discretisedGaussianLogLikelihood } from "./discretised_gaussian.ts";
import { modelLogVariance, posteriorLogVariance, type VarianceId } from "./log_variance.ts";
import { normalKl } from "./normal_kl.ts";
import { entry, type NoiseSchedule } from "./noise_schedule.ts";
import { cleanFactors, type Objective } from "./objective.ts";
import { qSample } from "./q_sample.ts";

/** Numbers that `boundTerms` needs of a sample besides tensors. */
const FACTORS = 7;

/** −log p(x0) <= prior + Σ terms, each a mean over the elements of a sample, in bits. */
export interface VariationalBound {
  /** KL(q(x_T | x0) ‖ N(0, 1)): what the schedule leaves of the signal; nothing is learned here. */
  readonly prior: number;
  /** By diffusion step n: KL(q(x_{n−1} | x_n, x0) ‖ p(x_{n−1} | x_n)), and for n = 0 −log p(x0 | x_0). */
  readonly terms: Float64Array;
  readonly total: number;
}

/** What a network says of x_n. */
export interface Denoised {
  /** x̂0, clipped if sampling clips. */
  readonly x0: ArrayLike<number>;
  /** Learned variance only: −1 is the small variance, 1 the large one. */
  readonly varianceFraction?: ArrayLike<number>;
}

/**
 * The whole bound of one sample, in bits per dimension, from one noisy sample per diffusion step.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equations 5 and 13.
 * @param x0 Pixels of 256 levels in [−1, 1].
 * @param noiseOf ε of a diffusion step, as many as pixels.
 */
export function variationalBound(
  schedule: NoiseSchedule,
  variance: VarianceId,
  sample: {
    readonly x0: ArrayLike<number>;
    readonly noiseOf: (step: number) => ArrayLike<number>;
    readonly denoise: (x: Float64Array, step: number) => Denoised;
  },
): VariationalBound {
  const prior = priorTerm(schedule, sample.x0);
  const terms = Float64Array.from({ length: schedule.steps }, (_, step) => {
    const x = qSample(schedule, step, sample.x0, sample.noiseOf(step));
    return boundTerm(schedule, variance, step, {
      x0: sample.x0,
      x,
      denoised: sample.denoise(x, step),
    });
  });
  return { prior, terms, total: terms.reduce((sum, term) => sum + term, prior) };
}

/** KL(q(x_T | x0) ‖ N(0, 1)), mean over elements, in bits. */
export function priorTerm(schedule: NoiseSchedule, x0: ArrayLike<number>): number {
  const last = entry(schedule.alphaBar, schedule.steps - 1);
  // ½ (−1 − log(1−ᾱ) + (1−ᾱ) + ᾱ x0²), without the cancellation that a small ᾱ brings.
  return meanBits(x0, (value) => 0.5 * (last * (value * value - 1) - Math.log1p(-last)));
}

/**
 * The term of one diffusion step, mean over elements, in bits.
 * @param sample.x x_n.
 */
export function boundTerm(
  schedule: NoiseSchedule,
  variance: VarianceId,
  step: number,
  sample: {
    readonly x0: ArrayLike<number>;
    readonly x: ArrayLike<number>;
    readonly denoised: Denoised;
  },
): number {
  const { low, high } = modelLogVariance(schedule, variance, step);
  const [fromX0, fromX] = [entry(schedule.posteriorX0, step), entry(schedule.posteriorX, step)];
  const trueLogVariance = posteriorLogVariance(schedule, step);
  const { x0: predicted, varianceFraction } = sample.denoised;
  return meanBits(sample.x0, (x0, i) => {
    const x = at(sample.x, i, "x");
    const model = {
      mean: fromX0 * at(predicted, i, "the prediction of x0") + fromX * x,
      logVariance: low === high
        ? low
        : low + ((at(varianceFraction ?? [], i, "the learned variance") + 1) / 2) * (high - low),
    };
    if (step === 0) {
      return -discretisedGaussianLogLikelihood(x0, model.mean, 0.5 * model.logVariance);
    }
    return normalKl({ mean: fromX0 * x0 + fromX * x, logVariance: trueLogVariance }, model);
  });
}

/**
 * What `boundTerms` must know of each sample, float32 `[batch, 7]`: factor of the answer in x̂0, factor of x0 in the
 * posterior mean, log variance of the posterior, of the model at its smallest and at its largest, 1 for step 0
 * and else 0, and the number of diffusion steps.
 * @param variance Learned, if absent.
 * @throws {RangeError} For ε where no signal is left.
 */
export function vlbFactors(
  schedule: NoiseSchedule,
  objective: Objective,
  timesteps: Int32Array,
  variance: VarianceId = "learned",
): { readonly shape: readonly [number, number]; readonly data: Float32Array } {
  const data = new Float32Array(timesteps.length * FACTORS);
  for (const [i, step] of timesteps.entries()) {
    const level = { signal: entry(schedule.signal, step), noise: entry(schedule.noise, step) };
    const { low, high } = modelLogVariance(schedule, variance, step);
    data.set([
      cleanFactors(objective, level).output,
      entry(schedule.posteriorX0, step),
      posteriorLogVariance(schedule, step),
      low,
      high,
      step === 0 ? 1 : 0,
      schedule.steps,
    ], i * FACTORS);
  }
  return { shape: [timesteps.length, FACTORS], data };
}

function meanBits(
  values: ArrayLike<number>,
  natsOf: (value: number, index: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += natsOf(values[i]!, i);
  return sum / values.length / Math.LN2;
}

function at(values: ArrayLike<number>, index: number, what: string): number {
  const value = values[index];
  if (value !== undefined) return value;
  throw new RangeError(
    `Cannot compute the variational bound: ${what} must have as many elements as x0, but has ${values.length}`,
  );
}
