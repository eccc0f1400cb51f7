/** Reading PNG files that nobody vouches for. */

import { Buffer } from "node:buffer";
import { crc32, inflateSync } from "node:zlib";
import { png } from "./png_library.ts";
import { checkRasterSize, type Raster, type RasterLimits } from "./raster.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Signature, then the header chunk: length, "IHDR", 13 bytes, checksum. */
const HEADER_END = 33;

/**
 * Decodes any PNG: grey, RGB or palette, 1 to 16 bits, with or without alpha, interlaced or not.
 *
 * Samples of 16 bits are rounded to the nearest of 8. Gamma, colour profiles and EXIF are not applied.
 * @returns RGBA, alpha not multiplied in.
 * @throws {SyntaxError} When the bytes are no PNG, are damaged, or claim more pixels than allowed.
 */
export function decodePng(bytes: Uint8Array, limits: RasterLimits): Raster {
  checkHeader(bytes, limits);
  checkChunks(bytes);
  try {
    const { width, height, data } = png.sync.read(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    );
    return { width, height, channels: 4, data };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot decode PNG: ${reason}`, { cause: error });
  }
}

/** Everything that must be known before memory is spent on the pixels. */
function checkHeader(bytes: Uint8Array, limits: RasterLimits): void {
  if (bytes.length < HEADER_END || SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new SyntaxError("Cannot decode PNG: it must start with a PNG signature and header");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  checkRasterSize("PNG", size, limits);
  const isInterlaced = bytes[28] === 1;
  if (isInterlaced) checkInflated(bytes, size);
}

/** pngjs passes over chunks that it takes for optional, so one flipped bit in "IDAT" would give an empty picture. */
function checkChunks(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) {
      throw new SyntaxError(`Cannot decode PNG: the chunk at byte ${at} does not end in the file`);
    }
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new SyntaxError(`Cannot decode PNG: the chunk at byte ${at} has a wrong checksum`);
    }
    // "IEND"
    if (view.getUint32(at + 4) === 0x49454e44) return;
    at = end + 4;
  }
  throw new SyntaxError("Cannot decode PNG: it has no end chunk");
}

/**
 * pngjs stops inflating a plain PNG when its pixels are full, but inflates an interlaced one to the end,
 * however long that is.
 */
function checkInflated(
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  // 8 bytes a pixel at most (RGBA, 16 bits) and a filter byte for each line of the seven passes.
  const most = width * height * 8 + 7 * height;
  try {
    inflateSync(Buffer.concat(dataChunks(bytes)), { maxOutputLength: most });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(
      `Cannot decode PNG: its data must be at most ${most} bytes for ${width}x${height} pixels: ${reason}`,
      { cause: error },
    );
  }
}

function dataChunks(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    // "IDAT"
    if (view.getUint32(at + 4) === 0x49444154) chunks.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}
