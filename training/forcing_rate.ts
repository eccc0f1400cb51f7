/** How often a recurrent model is shown the truth instead of its own frames. */

export interface ForcingOptions {
  /** Probability until the fall begins. */
  readonly rate: number;
  /** Where the fall begins, in the unit of `index`; null: it never does. */
  readonly start: number | null;
  /** What the probability loses at each place from `start` on, there included. */
  readonly step: number;
  readonly lowerBound: number;
}

/**
 * The probability at place `index` (of steps or epochs): `rate`, and from `start` on `step` less each time.
 *
 * Source: scheduled sampling, Bengio et al. 2015, https://arxiv.org/abs/1506.03099, its linear decay.
 */
export function forcingRate(
  { rate, start, step, lowerBound }: ForcingOptions,
  index: number,
): number {
  if (start === null || index < start) return rate;
  return Math.max(lowerBound, rate - step * (index - start + 1));
}
