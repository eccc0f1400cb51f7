/** How much signal and noise a sample holds at each diffusion step. */

/**
 * Tables of a forward process x_n = √ᾱ_n x0 + √(1−ᾱ_n) ε, index n = 0 .. steps − 1; ᾱ_{−1} = 1.
 *
 * All float64: √ᾱ and √(1−ᾱ) are stored apart, because 1 − ᾱ_0 rebuilt from a float32 ᾱ_0 is off by 1e-4.
 */
export interface NoiseSchedule {
  readonly steps: number;
  readonly beta: Float64Array;
  /** ᾱ_n = Π (1 − β). */
  readonly alphaBar: Float64Array;
  /** √ᾱ_n: factor of the signal. */
  readonly signal: Float64Array;
  /** √(1−ᾱ_n): standard deviation of the noise. */
  readonly noise: Float64Array;
  /** Variance of q(x_{n−1} | x_n, x0): β_n (1−ᾱ_{n−1}) / (1−ᾱ_n). */
  readonly posteriorVariance: Float64Array;
  /** Factor of x0 in the mean of q(x_{n−1} | x_n, x0): √ᾱ_{n−1} β_n / (1−ᾱ_n). */
  readonly posteriorX0: Float64Array;
  /** Factor of x_n in that mean: √α_n (1−ᾱ_{n−1}) / (1−ᾱ_n). */
  readonly posteriorX: Float64Array;
}

/**
 * Builds the tables from the β of each step.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equations 4 and 7.
 * @throws {RangeError} When there is no β, or one is not in (0, 1].
 */
export function noiseSchedule(beta: Float64Array): NoiseSchedule {
  if (beta.length === 0) throw new RangeError("Cannot build a noise schedule of 0 steps");
  const table = () => new Float64Array(beta.length);
  const schedule = {
    steps: beta.length,
    beta,
    alphaBar: table(),
    signal: table(),
    noise: table(),
    posteriorVariance: table(),
    posteriorX0: table(),
    posteriorX: table(),
  };
  let previous = 1; // ᾱ_{n−1}
  for (const [n, b] of beta.entries()) {
    if (!(b > 0 && b <= 1)) {
      throw new RangeError(
        `Cannot build a noise schedule: beta[${n}] must be in (0, 1], but is ${b}`,
      );
    }
    const current = previous * (1 - b);
    if (current === 1) {
      throw new RangeError(
        `Cannot build a noise schedule: beta[${n}] = ${b} is too small to add any noise to step 0`,
      );
    }
    schedule.alphaBar[n] = current;
    schedule.signal[n] = Math.sqrt(current);
    schedule.noise[n] = Math.sqrt(1 - current);
    schedule.posteriorVariance[n] = (b * (1 - previous)) / (1 - current);
    schedule.posteriorX0[n] = (Math.sqrt(previous) * b) / (1 - current);
    schedule.posteriorX[n] = (Math.sqrt(1 - b) * (1 - previous)) / (1 - current);
    previous = current;
  }
  return schedule;
}

/** More signal than this at the last step, and samples started from pure noise are off. */
const largestTerminalAlphaBar = 1e-4;

/**
 * A sentence for the user when the last step still shows the image, or undefined.
 *
 * A linear schedule of 300 steps that was not scaled ends at ᾱ = 0.048: training never sees the pure
 * noise that sampling starts from (Lin et al. 2023, https://arxiv.org/abs/2305.08891).
 */
export function terminalSignalWarning(schedule: NoiseSchedule): string | undefined {
  const last = entry(schedule.alphaBar, schedule.steps - 1);
  if (last <= largestTerminalAlphaBar) return undefined;
  return `The last of ${schedule.steps} diffusion steps keeps signal: alpha-bar is ${
    last.toPrecision(3)
  }, more than ${largestTerminalAlphaBar}, so samples that start from pure noise do not match the training`;
}

/** One entry of a table. @throws {RangeError} When the step is not of this schedule. */
export function entry(table: Float64Array, step: number): number {
  const value = table[step];
  if (value === undefined) {
    throw new RangeError(
      `Cannot look up diffusion step ${step}: the schedule has steps 0 to ${table.length - 1}`,
    );
  }
  return value;
}
