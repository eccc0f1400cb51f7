/** Small coloured shapes: labelled images that need no file. */

import type { Images } from "../../artifacts/images.ts";
import { integers, Stream, uniforms } from "../../numerics/random.ts";

const EDGE = 16;

/** Discs, squares and crosses of any colour and place on white, `[count, 16, 16, 3]` uint8. */
export function shapeImages(count: number, seed: bigint, change: Partial<Images> = {}): Images {
  const pixels = new Uint8Array(count * EDGE * EDGE * 3).fill(255);
  const labels = integers({ seed, stream: Stream.digits, step: 0 }, count, 3);
  for (let image = 0; image < count; image++) {
    const draws = uniforms({ seed, stream: Stream.digits, step: 1, lane: image }, 6);
    const [x, y, radius] = [6 + 4 * draws[0]!, 6 + 4 * draws[1]!, 4 + 2 * draws[2]!];
    for (let row = 0; row < EDGE; row++) {
      for (let column = 0; column < EDGE; column++) {
        const [dx, dy] = [Math.abs(column - x), Math.abs(row - y)];
        const isInk = [
          dx * dx + dy * dy < radius * radius,
          Math.max(dx, dy) < 0.9 * radius,
          Math.min(dx, dy) < 1.5 && Math.max(dx, dy) < 1.2 * radius,
        ][labels[image]!];
        if (!isInk) continue;
        for (let channel = 0; channel < 3; channel++) {
          pixels[((image * EDGE + row) * EDGE + column) * 3 + channel] = 255 * draws[3 + channel]!;
        }
      }
    }
  }
  return {
    pixels,
    shape: [count, EDGE, EDGE, 3],
    labels,
    classes: ["disc", "square", "cross"],
    split: "train",
    source: "shapes",
    ...change,
  };
}
