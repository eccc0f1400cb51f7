/** β that grows linearly. */

/**
 * β from 0.0001 to 0.02 in equal steps, whatever their number.
 *
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, section 4, made for 1000 steps. With far fewer
 * the last one keeps signal (see `terminalSignalWarning`); `linearScaled` repairs that.
 */
export function linear(steps: number): Float64Array {
  return equallySpaced(1e-4, 0.02, steps);
}

/** β from 0.1 / steps to 20 / steps, at most 1: the same process as `linear(1000)`, cut into `steps` pieces. */
export function linearScaled(steps: number): Float64Array {
  return equallySpaced(0.1 / steps, 20 / steps, steps).map((beta) => Math.min(beta, 0.999));
}

function equallySpaced(first: number, last: number, count: number): Float64Array {
  // The quotient first, as numpy.linspace does: the published tables then agree to the last bit.
  const step = count > 1 ? (last - first) / (count - 1) : 0;
  return Float64Array.from(
    { length: count },
    (_, i) => i === count - 1 && i > 0 ? last : first + i * step,
  );
}
