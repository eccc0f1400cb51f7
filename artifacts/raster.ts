/** A decoded picture of any size, before it becomes one of a set of images. */

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is RGB, 4 is RGB and alpha that is not multiplied in. */
  readonly channels: 1 | 3 | 4;
  /** `[height, width, channel]`, row major. */
  readonly data: Uint8Array;
}

export interface RasterLimits {
  /** Largest width times height. */
  readonly pixels: number;
}

/**
 * Refuses a picture by what its header claims, before its pixels take memory.
 * @throws {SyntaxError} Naming the format and both sizes.
 */
export function checkRasterSize(
  format: string,
  { width, height }: Pick<Raster, "width" | "height">,
  limits: RasterLimits,
): void {
  if (width > 0 && height > 0 && width * height <= limits.pixels) return;
  throw new SyntaxError(
    `Cannot decode ${format}: it must have 1 to ${limits.pixels} pixels, but its header says ${width}x${height}`,
  );
}
