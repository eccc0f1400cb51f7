/** The weight of the KL divergence in the course of a variational training. */

export const klAnnealings = ["constant", "monotonic", "cyclical"] as const;

export interface KlWeightOptions {
  /**
   * - constant: always `max`.
   * - monotonic: a linear rise from 0 to `max`, then `max`.
   * - cyclical: the same again in each of `cycles` equal parts.
   */
  readonly anneal: typeof klAnnealings[number];
  /** The cap, β. */
  readonly max: number;
  /** Parts of the training; read by cyclical. */
  readonly cycles: number;
  /** Share of a cycle in which the weight rises, in (0, 1]. */
  readonly ratio: number;
}

/**
 * The weight at place `index` of `count` (steps, epochs): max · min(1, position in the cycle / (ratio · cycle)).
 *
 * Source: Fu et al. 2019, https://arxiv.org/abs/1903.10145, equation 6; monotonic is its case of one cycle.
 */
export function klWeight(
  { anneal, max, cycles, ratio }: KlWeightOptions,
  index: number,
  count: number,
): number {
  if (anneal === "constant") return max;
  const period = count / (anneal === "cyclical" ? cycles : 1);
  const position = index % period;
  return max * Math.min(1, position / (period * ratio));
}
