/** Reading JPEG files that nobody vouches for. */

import * as library from "@jsquash/jpeg/decode.js";
import { checkRasterSize, type Raster, type RasterLimits } from "./raster.ts";

/** What we use of @jsquash/jpeg 1.6: its types know neither the module nor its options. */
interface JpegLibrary {
  init(module: WebAssembly.Module, options: { printErr(text: string): void }): Promise<void>;
  default(
    bytes: ArrayBuffer,
    options: { readonly preserveOrientation: boolean },
  ): Promise<{ readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }>;
}

const { init, default: decode }: JpegLibrary = library as unknown as JpegLibrary;

let compiled: WebAssembly.Module | undefined;
let isReady = false;
/** What libjpeg said about the picture at hand. */
let messages: string[] = [];

/** Of libjpeg's warnings those that mean lost pixels; it fills them with grey and goes on. */
const LOST = /premature end|bad huffman/i;

/**
 * Decodes a grey or colour JPEG, upright by its EXIF orientation; colour profiles are not applied.
 *
 * By mozjpeg as WebAssembly: the pixels are libjpeg-turbo's to the bit on every machine, and no
 * permission is needed but to read node_modules.
 * @returns RGBA with alpha 255.
 * @throws {SyntaxError} When the bytes are no JPEG, are damaged, are CMYK, or claim more pixels than
 * allowed.
 */
export async function decodeJpeg(bytes: Uint8Array, limits: RasterLimits): Promise<Raster> {
  checkRasterSize("JPEG", jpegSize(bytes), limits);
  checkScans(bytes);
  if (!isReady) await start();
  messages = [];
  try {
    const { width, height, data } = await decode(
      bytes.slice().buffer,
      { preserveOrientation: true },
    );
    const lost = messages.find((message) => LOST.test(message));
    if (lost !== undefined) throw new SyntaxError(`Cannot decode JPEG: ${lost}`);
    return { width, height, channels: 4, data: new Uint8Array(data.buffer) };
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    // libjpeg has left by its exit, and what it had allocated is lost: the next picture starts anew.
    isReady = false;
    const reason = messages.join("; ") || String(error);
    throw new SyntaxError(`Cannot decode JPEG: ${reason}`, { cause: error });
  }
}

/** Encoders write about ten; each goes over all pixels, so a small file of many would take minutes. */
const MAX_SCANS = 100;

function checkScans(bytes: Uint8Array): void {
  let scans = 0;
  // In data FF is followed by 00, so FF DA is always a marker or the bytes of another marker's segment.
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xda && ++scans > MAX_SCANS) {
      throw new SyntaxError(`Cannot decode JPEG: it must have at most ${MAX_SCANS} scans`);
    }
  }
}

async function start(): Promise<void> {
  // import.meta.resolve() names the package's main file; its codecs lie beside that.
  const url = new URL("codec/dec/mozjpeg_dec.wasm", import.meta.resolve("@jsquash/jpeg"));
  compiled ??= await WebAssembly.compile(await Deno.readFile(url));
  await init(compiled, { printErr: (text) => void messages.push(text) });
  isReady = true;
}

/** Width and height that the frame header claims. @throws {SyntaxError} When there is none. */
export function jpegSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (what: string) => new SyntaxError(`Cannot decode JPEG: ${what}`);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw fail("it must start with FF D8");
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw fail(`there must be a marker at byte ${at}`);
    const marker = bytes[at + 1]!;
    // Markers may be padded with FF.
    if (marker === 0xff) {
      at++;
      continue;
    }
    // SOF0 to SOF15, except tables (DHT C4, DAC CC) and the reserved C8.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (marker === 0xda || marker === 0xd9) break;
    at += 2 + view.getUint16(at + 2);
  }
  throw fail("it must have a frame header before its data");
}
