/** Pixels in memory, ready to be encoded as a file. */

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 is grayscale, 3 is sRGB. */
  readonly channels: 1 | 3;
  /** `[height, width, channel]`, row major. */
  readonly pixels: Uint8Array;
}

/** @throws {RangeError} When the sizes are not positive integers or the pixels do not fill them. */
export function checkPicture(picture: Picture): void {
  const { width, height, channels, pixels } = picture;
  for (const [name, value] of [["width", width], ["height", height]] as const) {
    if (!Number.isInteger(value) || value < 1 || value > 0xffff) {
      throw new RangeError(
        `Cannot encode picture: ${name} must be an integer from 1 to 65535, but is ${value}`,
      );
    }
  }
  const expected = width * height * channels;
  if (pixels.length !== expected) {
    throw new RangeError(
      `Cannot encode picture: ${width} x ${height} x ${channels} needs ${expected} values, ` +
        `but ${pixels.length} were given`,
    );
  }
}
