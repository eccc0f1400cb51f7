/** Small pictures with a formula, that another program can make too. */

import type { Raster } from "../../artifacts/raster.ts";

/** RGB: (37x + 11y, 7xy + 13x, 255 - 5x - 3y²) modulo 256. */
export function testPicture(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set(
        [37 * x + 11 * y, 7 * x * y + 13 * x, 255 - (5 * x + 3 * y * y)],
        (y * width + x) * 3,
      );
    }
  }
  return { width, height, channels: 3, data };
}

/** The picture with an alpha of each pixel. */
export function withAlpha({ width, height, data }: Raster, alpha: (i: number) => number): Raster {
  const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const pixel = i >> 2;
    return (i & 3) === 3 ? alpha(pixel) : data[pixel * 3 + (i & 3)]!;
  });
  return { width, height, channels: 4, data: rgba };
}
