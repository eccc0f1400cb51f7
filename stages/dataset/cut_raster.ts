/** Parts of a picture. */

import type { Raster } from "../../artifacts/raster.ts";

export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A box of a picture, without its alpha: colours are taken as they are stored.
 * @throws {RangeError} When the box is not inside the picture.
 */
export function cutRaster(raster: Raster, { left, top, width, height }: PixelBox): Raster {
  const isInside = left >= 0 && top >= 0 && left + width <= raster.width &&
    top + height <= raster.height;
  if (!isInside) {
    throw new RangeError(
      `it must hold a box of ${width}x${height} pixels at (${left}, ${top}), but it is ` +
        `${raster.width}x${raster.height}`,
    );
  }
  const from = raster.channels;
  const channels = from === 1 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * raster.width + left) * from;
    const line = raster.data.subarray(start, start + width * from);
    const target = data.subarray(row * width * channels, (row + 1) * width * channels);
    if (from === channels) target.set(line);
    else for (let i = 0; i < target.length; i++) target[i] = line[Math.floor(i / 3) * 4 + i % 3]!;
  }
  return { width, height, channels, data };
}

/** Edge and number of the frames of a strip: squares along its longer side. */
export interface Strip {
  readonly edge: number;
  readonly length: number;
  readonly isHorizontal: boolean;
}

/** @throws {RangeError} When the longer side is no multiple of the shorter. */
export function measureStrip({ width, height }: Pick<Raster, "width" | "height">): Strip {
  const [edge, long] = [Math.min(width, height), Math.max(width, height)];
  if (long % edge === 0) return { edge, length: long / edge, isHorizontal: width > height };
  throw new RangeError(
    "a strip's longer side must be a multiple of its shorter, which is the edge of a frame, but it is " +
      `${width}x${height}`,
  );
}

/** One frame of a strip, without its alpha. */
export function cutStrip(raster: Raster, strip: Strip, index: number): Raster {
  const { edge, isHorizontal } = strip;
  const [left, top] = isHorizontal ? [index * edge, 0] : [0, index * edge];
  return cutRaster(raster, { left, top, width: edge, height: edge });
}
