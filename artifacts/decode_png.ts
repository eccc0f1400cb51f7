/** Reading PNG files that nobody vouches for. */

import { Buffer } from "node:buffer";
import { crc32, inflateSync } from "node:zlib";
import { png } from "./png_library.ts";
import { checkRasterSize, type Raster, type RasterLimits } from "./raster.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Signature, then the header chunk: length, "IHDR", 13 bytes, checksum. */
const HEADER_END = 33;
/** "IDAT". */
const DATA = 0x49444154;

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
  checkInflated(bytes);
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
  checkRasterSize("PNG", { width: view.getUint32(16), height: view.getUint32(20) }, limits);
}

/** pngjs passes over chunks that it takes for optional, so one flipped bit in "IDAT" would give an empty picture. */
function checkChunks(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasData = false;
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) {
      throw new SyntaxError(`Cannot decode PNG: the chunk at byte ${at} does not end in the file`);
    }
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new SyntaxError(`Cannot decode PNG: the chunk at byte ${at} has a wrong checksum`);
    }
    hasData ||= view.getUint32(at + 4) === DATA;
    // "IEND"
    if (view.getUint32(at + 4) === 0x49454e44) {
      if (hasData) return;
      throw new SyntaxError("Cannot decode PNG: it has no data chunk");
    }
    at = end + 4;
  }
  throw new SyntaxError("Cannot decode PNG: it has no end chunk");
}

/**
 * Inflates the data once to know their length: pngjs leaves pixels empty where there are too few, and
 * inflates an interlaced PNG to the end, however long that is.
 */
function checkInflated(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = (channelsOf[bytes[25] ?? 0] ?? 0) * (bytes[24] ?? 0);
  const isInterlaced = bytes[28] === 1;
  const needed = dataLength(view.getUint32(16), view.getUint32(20), { bits, isInterlaced });
  const found = inflatedLength(Buffer.concat(dataChunks(bytes)), needed);
  // More than needed is harmless where pngjs stops by itself.
  if (found === needed || (found > needed && !isInterlaced)) return;
  throw new SyntaxError(
    `Cannot decode PNG: its data must have ${needed} bytes, but there are ${
      found > needed ? "more" : found
    }`,
  );
}

/** Of grey, RGB, palette, grey and alpha, RGB and alpha, by the number of the colour type. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Left, top and both distances of the seven passes: https://www.w3.org/TR/png-3/#8Interlace. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of all lines, each with its filter byte. */
function dataLength(
  width: number,
  height: number,
  { bits, isInterlaced }: { readonly bits: number; readonly isInterlaced: boolean },
): number {
  const lines = (columns: number, rows: number) =>
    columns > 0 ? rows * (1 + Math.ceil(columns * bits / 8)) : 0;
  if (!isInterlaced) return lines(width, height);
  return passes.reduce((sum, [left, top, stepX, stepY]) => {
    const columns = Math.ceil(Math.max(0, width - left) / stepX);
    return sum + lines(columns, Math.ceil(Math.max(0, height - top) / stepY));
  }, 0);
}

/** Infinity for more than `most`. */
function inflatedLength(data: Uint8Array, most: number): number {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, most) }).length;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return Infinity;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot decode PNG: its data cannot be decompressed: ${reason}`, {
      cause: error,
    });
  }
}

function dataChunks(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === DATA) chunks.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}
