import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type ColourFrame,
  paintDisc,
  paintLine,
  paintSquare,
} from "../../../stages/dataset/paint.ts";

const SIZE = 40;
const black = (): ColourFrame => ({ pixels: new Uint8Array(SIZE * SIZE * 3), size: SIZE });
const white = [255, 255, 255] as const;

/** Sum of the coverage and its centre of mass, from a white figure on black. */
function measure({ pixels }: ColourFrame) {
  let [area, x, y] = [0, 0, 0];
  for (let i = 0; i < SIZE * SIZE; i++) {
    const share = pixels[i * 3]! / 255;
    area += share;
    x += share * (i % SIZE + 0.5);
    y += share * (Math.floor(i / SIZE) + 0.5);
  }
  return { area, x: x / area, y: y / area };
}

const figure = fc.record({
  x: fc.double({ min: 14, max: 26, noNaN: true }),
  y: fc.double({ min: 14, max: 26, noNaN: true }),
  radius: fc.double({ min: 3, max: 12, noNaN: true }),
});

Deno.test("paintDisc() and paintSquare() have the area and the place of the figure", () => {
  fc.assert(fc.property(figure, (place) => {
    for (
      const [paint, area, tolerance] of [
        // A disc's edge is a ramp of one pixel: sampled at pixel centres, at most 0.0113 off in 40,000 places.
        [paintDisc, Math.PI * (place.radius ** 2 + 1 / 12), 0.015],
        // A square is exact up to the rounding of levels along its edge.
        [paintSquare, 4 * place.radius ** 2, 0.004],
      ] as const
    ) {
      const frame = black();
      paint(frame, place, white);
      const found = measure(frame);
      ok(Math.abs(found.area / area - 1) < tolerance, `${paint.name}: ${found.area} of ${area}`);
      ok(Math.abs(found.x - place.x) < 0.05 && Math.abs(found.y - place.y) < 0.05);
    }
  }));
});

Deno.test("paintSquare() on whole pixels has no grey, and mixes half covered ones", () => {
  const frame = black();
  paintSquare(frame, { x: 10, y: 10, radius: 3 }, [200, 100, 51]);
  const levels = new Set(frame.pixels.filter((_, i) => i % 3 === 0));
  deepEqual([...levels], [0, 200]);
  paintSquare(frame, { x: 30.5, y: 30, radius: 3 }, [200, 100, 51]);
  deepEqual([...frame.pixels.subarray((30 * SIZE + 27) * 3, (30 * SIZE + 27) * 3 + 3)], [
    100,
    50,
    26,
  ]);
});

Deno.test("paintLine() covers its length and round ends, and draws beyond no edge", () => {
  const frame = black();
  paintLine(frame, { from: { x: 10, y: 12 }, to: { x: 30, y: 27 }, radius: 3 }, white);
  const { area, x, y } = measure(frame);
  // 25 long, 6 wide, and a disc of radius 3.
  ok(Math.abs(area / (25 * 6 + Math.PI * 9) - 1) < 0.01, `${area}`);
  ok(Math.abs(x - 20) < 0.05 && Math.abs(y - 19.5) < 0.05);
  const other = black();
  paintLine(other, { from: { x: -50, y: 5 }, to: { x: 90, y: 5 }, radius: 2 }, white);
  equal(measure(other).area, 4 * SIZE);
  const point = black();
  paintLine(point, { from: { x: 9, y: 9 }, to: { x: 9, y: 9 }, radius: 4 }, white);
  const disc = black();
  paintDisc(disc, { x: 9, y: 9, radius: 4 }, white);
  deepEqual(point, disc);
});
