/** β whose square root grows linearly. */

import { linspace } from "../linspace.ts";

/**
 * β = s², s from √0.00085 to √0.012 in equal steps.
 *
 * Source: Rombach et al. 2022, https://arxiv.org/abs/2112.10752, and the code of Stable Diffusion, 1000 steps.
 * The last step keeps ᾱ = 0.0047 of signal (see `terminalSignalWarning`): a known flaw, kept.
 */
export function scaledLinear(steps: number): Float64Array {
  return linspace(Math.sqrt(0.00085), Math.sqrt(0.012), steps).map((root) => root ** 2);
}
