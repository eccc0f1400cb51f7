/** Pictures as PNG files. */

import { Buffer } from "node:buffer";
import { checkPicture, type Picture } from "./picture.ts";
import { png } from "./png_library.ts";

const COLOR_TYPE = { 1: 0, 3: 2 } as const;

/**
 * Encodes a picture without loss: 8 bit grayscale or RGB.
 *
 * The bytes depend on the picture alone (no time, no text chunks).
 * @throws {RangeError} When the pixels do not fill the picture.
 */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  checkPicture(picture);
  const { width, height, channels, pixels } = picture;
  const colorType = COLOR_TYPE[channels];
  const bytes = png.sync.write(
    { width, height, data: Buffer.from(pixels) },
    {
      colorType,
      inputColorType: colorType,
      inputHasAlpha: false,
      deflateLevel: 9,
      // Enlarged pictures are runs of equal bytes: no filter and the default matcher are smallest.
      deflateStrategy: 0,
      filterType: 0,
    },
  );
  return new Uint8Array(bytes);
}
