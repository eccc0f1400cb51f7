/** Scores of several samples of each clip. */

import { mean } from "../numerics/mean.ts";

export interface BestOfN {
  /** Mean over clips of the best sample's mean over frames. */
  readonly best: number;
  /** Mean over clips and all their samples. */
  readonly mean: number;
  /** The best sample of each clip. */
  readonly chosen: Int32Array;
  /** Value of each clip's best sample: mean over frames. */
  readonly bestOfClip: Float64Array;
  /** Value of each clip: mean over samples and frames. */
  readonly meanOfClip: Float64Array;
}

/**
 * Best and mean of N samples: the best is chosen for this metric alone, by its mean over the frames of
 * the sequence, as SVG, SRVP and MCVD do. (The maximum frame by frame would mix samples.)
 *
 * The best rises with N and says nothing about calibration: publish N and the mean beside it.
 * @param values `[clip][sample]`, each an array over frames.
 */
export function bestOfN(
  values: readonly (readonly ArrayLike<number>[])[],
  better: "higher" | "lower",
): BestOfN {
  const chosen = new Int32Array(values.length);
  const bestOfClip = new Float64Array(values.length);
  const meanOfClip = new Float64Array(values.length);
  values.forEach((samples, clip) => {
    const means = samples.map(mean);
    let best = 0;
    means.forEach((value, sample) => {
      const isBetter = better === "higher" ? value > means[best]! : value < means[best]!;
      if (isBetter) best = sample;
    });
    chosen[clip] = best;
    bestOfClip[clip] = means[best] ?? NaN;
    meanOfClip[clip] = mean(means);
  });
  return { best: mean(bestOfClip), mean: mean(meanOfClip), chosen, bestOfClip, meanOfClip };
}
