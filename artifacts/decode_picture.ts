/** Reading a picture whatever its format. */

import { decodeJpeg } from "./decode_jpeg.ts";
import { decodePng } from "./decode_png.ts";
import type { Raster, RasterLimits } from "./raster.ts";

/**
 * Decodes a PNG or JPEG file, told apart by its first bytes and not by its name.
 * @throws {SyntaxError} When it is neither, is damaged, or claims more pixels than allowed.
 */
export async function decodePicture(bytes: Uint8Array, limits: RasterLimits): Promise<Raster> {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return decodePng(bytes, limits);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return await decodeJpeg(bytes, limits);
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0"));
  throw new SyntaxError(
    `Cannot decode picture: it must be PNG or JPEG, but it starts with "${start.join(" ")}"`,
  );
}
