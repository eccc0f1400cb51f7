/** Drawing digits onto canvases. */

import type { Corner } from "./bounce.ts";

/** A digit's image, `[size, size]`, and its way, one corner for each frame. */
export interface MovingDigit {
  readonly pixels: Uint8Array;
  readonly size: number;
  readonly path: readonly Corner[];
}

/**
 * Draws a clip in place: `frames` is `[time, canvas, canvas]`, all zero before.
 *
 * Where digits overlap, "max" takes the brighter one, as OpenSTL does, and "sum" adds up to white, as
 * Stochastic Video Generation does. A digit never reaches beyond the canvas.
 */
export function drawDigits(
  frames: Uint8Array,
  digits: readonly MovingDigit[],
  { canvas, merge }: { readonly canvas: number; readonly merge: "max" | "sum" },
): void {
  for (const { pixels, size, path } of digits) {
    for (const [time, { top, left }] of path.entries()) {
      const corner = (time * canvas + top) * canvas + left;
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const ink = pixels[row * size + column]!;
          if (ink === 0) continue;
          const at = corner + row * canvas + column;
          const old = frames[at]!;
          frames[at] = merge === "max" ? Math.max(old, ink) : Math.min(255, old + ink);
        }
      }
    }
  }
}
