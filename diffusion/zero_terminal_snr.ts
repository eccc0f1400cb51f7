/** A schedule whose last step is pure noise. */

/**
 * β of the same schedule, with √ᾱ shifted and stretched so that its last is 0 and its first stays:
 *
 *     r' = (r − r_T) r_0 / (r_0 − r_T),  r = √ᾱ
 *
 * The last β is 1. Where no signal is left, ε says nothing about x0: the network must predict x0 or v
 * (see `requireRecoverable`).
 *
 * Source: Lin et al. 2023, https://arxiv.org/abs/2305.08891, algorithm 1.
 * @throws {RangeError} For a single step, which cannot be both ends.
 */
export function zeroTerminalSnr(beta: Float64Array): Float64Array {
  if (beta.length < 2) {
    throw new RangeError(
      `Cannot take the last signal from a schedule: it must have at least 2 steps, but has ${beta.length}`,
    );
  }
  let product = 1;
  const roots = beta.map((b) => Math.sqrt(product *= 1 - b));
  const [first, last] = [roots[0]!, roots[roots.length - 1]!];
  const alphaBar = roots.map((root) => ((root - last) * (first / (first - last))) ** 2);
  return alphaBar.map((current, n) => 1 - (n === 0 ? current : current / alphaBar[n - 1]!));
}
