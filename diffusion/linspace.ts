/** Equally spaced numbers, to the last bit as numpy spaces them. */

/**
 * `count` numbers from `first` to `last`, ends included; a single one is `first`.
 *
 * The step is divided out first, as numpy.linspace does: published tables then agree to the last bit.
 */
export function linspace(first: number, last: number, count: number): Float64Array {
  const step = count > 1 ? (last - first) / (count - 1) : 0;
  return Float64Array.from(
    { length: count },
    (_, i) => i === count - 1 && i > 0 ? last : first + i * step,
  );
}
