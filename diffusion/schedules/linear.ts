/** β that grows linearly. */

import { linspace } from "../linspace.ts";

/**
 * β from 0.0001 to 0.02 in equal steps, whatever their number.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, section 4, made for 1000 steps. With far fewer
 * the last one keeps signal (see `terminalSignalWarning`); `linearScaled` repairs that.
 */
export function linear(steps: number): Float64Array {
  return linspace(1e-4, 0.02, steps);
}

/** β from 0.1 / steps to 20 / steps, at most 0.999: the same process as `linear(1000)`, cut into `steps` pieces. */
export function linearScaled(steps: number): Float64Array {
  return linspace(0.1 / steps, 20 / steps, steps).map((beta) => Math.min(beta, 0.999));
}
