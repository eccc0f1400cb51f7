/** Weights of linear interpolation between neighbours, as neural networks resize their input. */

import type { WeightRow } from "./resample_weights.ts";

/**
 * Where result i lies between samples, `from` samples becoming `to`:
 * - `half_pixel`: (i + ½) from / to − ½, so that both axes cover the same length: PyTorch with
 *   `align_corners=False`, TensorFlow 2. Source: `torch/nn/functional.py`, `interpolate`.
 * - `legacy`: i from / to, which moves the picture by up to half a sample: TensorFlow 1's
 *   `resize_bilinear` with its defaults.
 *
 * Outside the samples the nearest one counts. Nothing is filtered: where an axis shrinks, samples between
 * the neighbours are left out; `resampleWeights` has the filter.
 * @throws {RangeError} When a size is no positive integer.
 */
export function bilinearWeights(
  { from, to, positions }: {
    readonly from: number;
    readonly to: number;
    readonly positions: "half_pixel" | "legacy";
  },
): readonly WeightRow[] {
  for (const size of [from, to]) {
    if (Number.isInteger(size) && size > 0) continue;
    throw new RangeError(`Cannot resize ${from} to ${to}: both must be positive integers`);
  }
  const step = from / to;
  return Array.from({ length: to }, (_, index) => {
    const position = positions === "legacy" ? index * step : (index + 0.5) * step - 0.5;
    const inside = Math.min(Math.max(position, 0), from - 1);
    const first = Math.min(Math.floor(inside), Math.max(0, from - 2));
    const share = inside - first;
    return { first, weights: Float64Array.from(from === 1 ? [1] : [1 - share, share]) };
  });
}
