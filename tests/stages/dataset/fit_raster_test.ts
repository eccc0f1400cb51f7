import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Raster } from "../../../artifacts/raster.ts";
import { type Fit, fitModes, fitRaster } from "../../../stages/dataset/fit_raster.ts";
import vectors from "../../fixtures/pillow_resize.json" with { type: "json" };
import { assertNear } from "../../support/assert_near.ts";
import { testPicture, withAlpha } from "../../support/test_pictures.ts";

const fit: Fit = {
  size: 5,
  channels: 3,
  mode: "stretch",
  filter: "bilinear",
  background: [255, 255, 255],
};
const picture = testPicture(14, 10);

/** Pillow rounds to 8 bits after each of its two passes, this once: a level apart at most. */
const LEVEL = 1;

Deno.test("fitRaster() stretches as Pillow does", () => {
  assertNear(fitRaster(picture, fit), vectors.bytes.stretch, LEVEL);
});

Deno.test("fitRaster() crops the square in the middle as Pillow's box does", () => {
  const options = { ...fit, size: 6, mode: "crop" } as const;
  assertNear(fitRaster(picture, options), vectors.bytes.crop, LEVEL);
});

Deno.test("fitRaster() pads below and above with the background", () => {
  const background = [10, 20, 30] as const;
  const image = fitRaster(picture, { ...fit, size: 7, mode: "pad", background });
  // 14x10 becomes 7x5, with a line above and one below.
  const line = Array(7).fill(background).flat();
  deepEqual([...image.subarray(0, 21)], line);
  assertNear(image.subarray(21, 126), vectors.bytes.pad, LEVEL);
  deepEqual([...image.subarray(126)], line);
});

Deno.test("fitRaster() makes grey as Pillow's mode L, to the level", () => {
  const square: Raster = { ...picture, width: 10, height: 14 };
  // A picture of its own size: 10x10 squares out of the 14x10 bytes, compared pixel by pixel.
  const image = fitRaster({ ...square, height: 10, data: picture.data.subarray(0, 300) }, {
    ...fit,
    size: 10,
    channels: 1,
  });
  deepEqual([...image], vectors.bytes.grey.slice(0, 100));
});

Deno.test("fitRaster() of a picture of the right size is the picture, whatever mode and filter", () => {
  const square = testPicture(6, 6);
  for (const mode of fitModes) {
    for (const filter of ["bilinear", "bicubic"] as const) {
      deepEqual(fitRaster(square, { ...fit, size: 6, mode, filter }), square.data);
    }
  }
});

Deno.test("fitRaster() composites with straight alpha, rounded to the nearest", () => {
  const one: Raster = { width: 1, height: 1, channels: 4, data: Uint8Array.of(200, 100, 0, 51) };
  // 0.2 c + 0.8 b
  const image = fitRaster(one, { ...fit, size: 1, background: [0, 50, 255] });
  deepEqual([...image], [40, 60, 204]);
  const clear = withAlpha(picture, () => 0);
  const white = fitRaster(clear, { ...fit, size: 3 });
  ok(white.every((value) => value === 255));
  deepEqual(fitRaster(withAlpha(picture, () => 255), fit), fitRaster(picture, fit));
});

Deno.test("fitRaster() does not let colours of transparent pixels bleed", () => {
  // Left black and opaque, right red and transparent: shrunk to one pixel, half black, half white.
  const data = Uint8Array.of(0, 0, 0, 255, 255, 0, 0, 0);
  deepEqual([...fitRaster({ width: 2, height: 1, channels: 4, data }, { ...fit, size: 1 })], [
    128,
    128,
    128,
  ]);
});

Deno.test("fitRaster() keeps grey pictures grey, and takes any shape", () => {
  const shape = fc.record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    size: fc.integer({ min: 1, max: 12 }),
    mode: fc.constantFrom(...fitModes),
    filter: fc.constantFrom("bilinear" as const, "bicubic" as const),
  });
  fc.assert(fc.property(shape, ({ width, height, ...rest }) => {
    const data = Uint8Array.from({ length: width * height }, (_, i) => i * 53);
    const raster: Raster = { width, height, channels: 1, data };
    const background = [9, 9, 9] as const;
    const color = fitRaster(raster, { ...fit, ...rest, background });
    const grey = fitRaster(raster, { ...fit, ...rest, channels: 1, background });
    deepEqual([...color], [...grey].flatMap((value) => [value, value, value]));
  }));
});
