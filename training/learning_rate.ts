/** Learning-rate policies: pure functions of the step, counted from 0. */

/** Learning rate of a step, 0 <= step. */
export type LearningRate = (step: number) => number;

/** The same rate at each step. */
export function constant(rate: number): LearningRate {
  return () => rate;
}

/**
 * Half a cosine from `peak` to `final`: final + (peak - final) (1 + cos(π t)) / 2, t = step / (steps - 1).
 *
 * Source: Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, equation 5, one period.
 * The last step takes `final`.
 */
export function cosine(
  { peak, final = 0, steps }: {
    readonly peak: number;
    readonly final?: number;
    readonly steps: number;
  },
): LearningRate {
  return (step) => between(peak, final, fraction(step, steps));
}

/** Linear from `peak / warmupSteps` at step 0 to `peak`, then whatever follows, counted from 0 again. */
export function warmup(warmupSteps: number, peak: number, then: LearningRate): LearningRate {
  return (step) =>
    step < warmupSteps ? (peak * (step + 1)) / warmupSteps : then(step - warmupSteps);
}

/** `rate`, multiplied by `factor` after every so many steps: `StepLR` of PyTorch. */
export function stepDecay(
  { rate, factor, every }: {
    readonly rate: number;
    readonly factor: number;
    readonly every: number;
  },
): LearningRate {
  return (step) => rate * factor ** Math.floor(step / every);
}

/**
 * `rate` up to step `after`, then rate * max(factor^(step - after), floor).
 *
 * With factor 0.8, floor 0.2 and after 100,000 it is the policy of Residual Video Diffusion, which reaches
 * its floor within eight steps.
 */
export function exponential(
  { rate, factor, floor = 0, after = 0 }: {
    readonly rate: number;
    readonly factor: number;
    /** Smallest share of the rate. */
    readonly floor?: number;
    readonly after?: number;
  },
): LearningRate {
  return (step) => rate * Math.max(factor ** Math.max(0, step - after), floor);
}

/**
 * One cycle: half a cosine up from `peak / start` to `peak`, then half a cosine down to
 * `peak / (start * end)`.
 *
 * Source: Smith and Topin 2018, https://arxiv.org/abs/1708.07120; defaults and phases as in PyTorch's
 * `OneCycleLR`.
 * @param rise Fraction of the steps that go up.
 */
export function oneCycle(
  { peak, steps, rise = 0.3, start = 25, end = 1e4 }: {
    readonly peak: number;
    readonly steps: number;
    readonly rise?: number;
    readonly start?: number;
    readonly end?: number;
  },
): LearningRate {
  const top = rise * steps - 1;
  const first = peak / start;
  return (step) =>
    step < top
      ? between(first, peak, step / top)
      : between(peak, first / end, Math.min(1, (step - top) / (steps - 1 - top)));
}

/** Half a cosine from a (at 0) to b (at 1). */
function between(a: number, b: number, t: number): number {
  return b + ((a - b) * (1 + Math.cos(Math.PI * t))) / 2;
}

function fraction(step: number, steps: number): number {
  return steps <= 1 ? 1 : Math.min(1, step / (steps - 1));
}
