/** How a shape moves: the classes of motion of `dataset/moving_shapes`. */

import type { Point } from "./paint.ts";

/**
 * - `horizontal`, `vertical`: a sine along one axis, the other coordinate held.
 * - `circle`: round a circle, clockwise as seen.
 * - `left_to_right`, `top_to_bottom`: once across, along a cubic Bézier curve, as the shapes of MoCoGAN
 *   move (Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993).
 */
export const motions = [
  "horizontal",
  "vertical",
  "circle",
  "left_to_right",
  "top_to_bottom",
] as const;

export type Motion = (typeof motions)[number];

/** Random words that a path takes, whatever its motion. */
export const WORDS_OF_PATH = 4;
/** Smallest swing, as a share of the free range. */
const SMALLEST_SWING = 0.6;

/**
 * Centre of the shape in each frame, in shares of the free range: 0 touches the left or top wall, 1 the
 * other one.
 * @param words Uniform in (0, 1), `WORDS_OF_PATH` of them.
 * @param options.periods Frames of one swing or turn, from the shortest to the longest.
 */
export function shapePath(
  motion: Motion,
  words: Float32Array,
  { frames, periods }: {
    readonly frames: number;
    readonly periods: { readonly shortest: number; readonly longest: number };
  },
): Point[] {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  const swing = SMALLEST_SWING + (1 - SMALLEST_SWING) * a;
  const period = periods.shortest + (periods.longest - periods.shortest) * b;
  const angle = (frame: number) => 2 * Math.PI * (frame / period + c);
  const along = (frame: number) => 0.5 + swing / 2 * Math.sin(angle(frame));
  const across = (frame: number) => {
    const u = frames === 1 ? 0 : frame / (frames - 1);
    return { forward: u, aside: bezier([a, b, c, d], u) };
  };
  return Array.from({ length: frames }, (_, frame) => {
    switch (motion) {
      case "horizontal":
        return { x: along(frame), y: d };
      case "vertical":
        return { x: d, y: along(frame) };
      case "circle":
        return { x: 0.5 + swing / 2 * Math.cos(angle(frame)), y: along(frame) };
      case "left_to_right":
        return { x: across(frame).forward, y: across(frame).aside };
      case "top_to_bottom":
        return { x: across(frame).aside, y: across(frame).forward };
      default:
        return motion satisfies never;
    }
  });
}

/** One coordinate of a cubic Bézier curve; the other one's control values are 0, 1/3, 2/3, 1, so it is u. */
function bezier([a, b, c, d]: readonly [number, number, number, number], u: number): number {
  const v = 1 - u;
  return v * v * v * a + 3 * v * v * u * b + 3 * v * u * u * c + u * u * u * d;
}
