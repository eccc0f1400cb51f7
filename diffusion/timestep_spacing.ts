/** Which of the diffusion steps a sampler visits. */

export const spacingIds = ["leading", "linspace", "trailing"] as const;
export type Spacing = typeof spacingIds[number];

/**
 * `count` of `steps` diffusion steps, descending. A sampler must go from one to the next of this list: a
 * fixed stride of steps / count misses entries where the division leaves a rest.
 *
 * - leading: multiples of ⌊steps / count⌋ (DDIM); never visits the noisiest steps.
 * - linspace: equal steps from steps − 1 to 0, rounded half to even as numpy does.
 * - trailing: steps, steps − steps / count, ..., each rounded, minus 1; always starts at the noisiest step
 *   (Lin et al. 2023, https://arxiv.org/abs/2305.08891, table 2).
 * @throws {RangeError} When count is not a whole number from 1 to steps.
 */
export function timestepSpacing(spacing: Spacing, steps: number, count: number): readonly number[] {
  if (!Number.isInteger(count) || count < 1 || count > steps) {
    throw new RangeError(
      `Cannot choose ${count} of ${steps} diffusion steps: it must be a whole number from 1 to ${steps}`,
    );
  }
  switch (spacing) {
    case "leading":
      return descending(count, (i) => i * Math.floor(steps / count));
    case "linspace":
      return descending(
        count,
        (i) => roundHalfToEven(count === 1 ? 0 : (i * (steps - 1)) / (count - 1)),
      );
    case "trailing":
      return descending(
        count,
        (i) => roundHalfToEven(steps - (count - 1 - i) * (steps / count)) - 1,
      );
    default:
      return spacing satisfies never;
  }
}

function descending(count: number, at: (i: number) => number): readonly number[] {
  return Array.from({ length: count }, (_, i) => at(count - 1 - i));
}

/** Math.round takes halves up; numpy, and so the published lists, to the even neighbour. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
