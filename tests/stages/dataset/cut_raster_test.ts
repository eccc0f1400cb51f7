import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import type { Raster } from "../../../artifacts/raster.ts";
import { cutRaster, cutStrip, measureStrip } from "../../../stages/dataset/cut_raster.ts";

/** Frames `[frame][row][column][channel]` laid side by side or one below the other. */
function stripOf(
  frames: readonly Uint8Array[],
  edge: number,
  channels: 1 | 3 | 4,
  isWide: boolean,
) {
  const count = frames.length;
  const [width, height] = isWide ? [count * edge, edge] : [edge, count * edge];
  const data = new Uint8Array(width * height * channels);
  frames.forEach((frame, index) => {
    for (let row = 0; row < edge; row++) {
      const line = frame.subarray(row * edge * channels, (row + 1) * edge * channels);
      const [x, y] = isWide ? [index * edge, row] : [0, index * edge + row];
      data.set(line, (y * width + x) * channels);
    }
  });
  return { width, height, channels, data } satisfies Raster;
}

Deno.test("cutStrip() gives back the frames that a strip was made of, without alpha", () => {
  const strip = fc.record({
    edge: fc.integer({ min: 1, max: 6 }),
    count: fc.integer({ min: 2, max: 9 }),
    channels: fc.constantFrom<1 | 3 | 4>(1, 3, 4),
    isWide: fc.boolean(),
    salt: fc.nat(255),
  });
  fc.assert(fc.property(strip, ({ edge, count, channels, isWide, salt }) => {
    const frames = Array.from(
      { length: count },
      (_, frame) =>
        Uint8Array.from({ length: edge * edge * channels }, (_, i) => salt + frame * 31 + i * 7),
    );
    const raster = stripOf(frames, edge, channels, isWide);
    const measured = measureStrip(raster);
    deepEqual(measured, { edge, length: count, isHorizontal: isWide });
    frames.forEach((frame, index) => {
      const cut = cutStrip(raster, measured, index);
      const colours = channels === 4 ? frame.filter((_, i) => i % 4 !== 3) : frame;
      equal(cut.channels, channels === 4 ? 3 : channels);
      deepEqual([cut.width, cut.height, [...cut.data]], [edge, edge, [...colours]]);
    });
  }));
});

Deno.test("measureStrip() refuses a strip of broken frames; a square is one frame", () => {
  deepEqual(measureStrip({ width: 8, height: 8 }), { edge: 8, length: 1, isHorizontal: false });
  throws(() => measureStrip({ width: 8, height: 20 }), /must be a multiple.*but it is 8x20/);
});

Deno.test("cutRaster() refuses a box that is not inside", () => {
  const raster: Raster = {
    width: 3,
    height: 2,
    channels: 1,
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
  };
  const box = { left: 1, top: 1, width: 2, height: 1 };
  deepEqual([...cutRaster(raster, box).data], [5, 6]);
  throws(
    () => cutRaster(raster, { ...box, left: 2 }),
    /box of 2x1 pixels at \(2, 1\), but it is 3x2/,
  );
});
