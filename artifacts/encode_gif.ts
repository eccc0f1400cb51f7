/** Moving pictures as GIF files. */

import gifenc from "gifenc";
import { checkPicture, type Picture } from "./picture.ts";

type Color = readonly [red: number, green: number, blue: number];

/** What we use of gifenc 1.0.3, which ships no types. */
interface GifLibrary {
  GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {
        readonly palette?: readonly Color[];
        readonly delay: number;
        readonly repeat: 0;
        readonly transparent: boolean;
        readonly transparentIndex: number;
        readonly dispose: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
  quantize(
    rgba: Uint8Array,
    maxColors: number,
    options: { readonly format: "rgb565" | "rgb444" },
  ): Color[];
  applyPalette(rgba: Uint8Array, palette: readonly Color[]): Uint8Array;
}

const gif: GifLibrary = gifenc;
const MAX_COLORS = 256;
const BLACK: Color = [0, 0, 0];
// Leave each frame on screen, so that the next one only needs the pixels that change.
const KEEP = 1;
// The pixels that the palette of a film with more than 256 colours is chosen from.
const MAX_QUANTISED_PIXELS = 1 << 19;
// Clustering takes the square of the colours: all 65,536 of 16 bits, as in noise, take half a minute.
const MAX_CLUSTERED_COLORS = 8192;

export interface GifOptions {
  /** Time of each frame; GIF keeps it in steps of 10 ms, and browsers slow down below 20 ms. */
  readonly delayMs: number;
  /** Time of the last frame, so that a viewer sees where the loop ends; default `delayMs`. */
  readonly lastDelayMs?: number;
}

/**
 * Encodes frames as a GIF that loops for ever.
 *
 * Grayscale, and any film of at most 256 colours, is exact. Others share one palette of 255 colours
 * (pairwise nearest neighbour clustering, no dithering). Equal frames give equal bytes.
 * @throws {RangeError} When there is no frame, frames differ in size, or a delay is below 20 ms.
 */
export function encodeGif(
  frames: readonly Picture[],
  options: GifOptions,
): Uint8Array<ArrayBuffer> {
  const { delayMs, lastDelayMs = delayMs } = options;
  const first = checkFrames(frames);
  for (const delay of [delayMs, lastDelayMs]) {
    if (!(delay >= 20 && delay <= 655_350)) {
      throw new RangeError(`Cannot encode GIF: a delay must be 20 to 655350 ms, but is ${delay}`);
    }
  }
  const { palette, indices } = exactIndices(frames) ?? quantisedIndices(frames);
  // A film of exactly 256 colours has no entry left to stand for "as before".
  const unchanged = palette.length < MAX_COLORS ? palette.length : undefined;
  const table = unchanged === undefined ? palette : [...palette, BLACK];
  const encoder = gif.GIFEncoder();
  indices.forEach((index, i) => {
    const previous = unchanged === undefined ? undefined : indices[i - 1];
    const drawn = previous === undefined ? index : difference(index, previous, palette.length);
    encoder.writeFrame(drawn, first.width, first.height, {
      ...(i === 0 ? { palette: table } : {}),
      delay: i === indices.length - 1 ? lastDelayMs : delayMs,
      repeat: 0,
      transparent: previous !== undefined,
      transparentIndex: previous === undefined ? 0 : palette.length,
      dispose: KEEP,
    });
  });
  encoder.finish();
  return encoder.bytes();
}

/** The frame with every pixel that equals the previous one's replaced by `unchanged`. */
function difference(index: Uint8Array, previous: Uint8Array, unchanged: number): Uint8Array {
  return index.map((entry, i) => entry === previous[i] ? unchanged : entry);
}

function checkFrames(frames: readonly Picture[]): Picture {
  const [first] = frames;
  if (first === undefined) throw new RangeError("Cannot encode GIF: there are no frames");
  for (const frame of frames) {
    checkPicture(frame);
    if (frame.width !== first.width || frame.height !== first.height) {
      throw new RangeError(
        `Cannot encode GIF: all frames must be ${first.width} x ${first.height}, ` +
          `but one is ${frame.width} x ${frame.height}`,
      );
    }
  }
  return first;
}

interface Indexed {
  readonly palette: readonly Color[];
  readonly indices: readonly Uint8Array[];
}

/** One palette entry per colour that occurs, in order of appearance; undefined beyond 256. */
function exactIndices(frames: readonly Picture[]): Indexed | undefined {
  const entries = new Map<number, number>();
  const indices: Uint8Array[] = [];
  for (const frame of frames) {
    const index = new Uint8Array(frame.width * frame.height);
    let lastColor = -1;
    let lastEntry = 0;
    for (let i = 0; i < index.length; i++) {
      const color = colorAt(frame, i);
      // Neighbours are mostly equal, so most pixels skip the map.
      if (color !== lastColor) {
        lastColor = color;
        lastEntry = entries.get(color) ?? entries.size;
        if (lastEntry === MAX_COLORS) return undefined;
        entries.set(color, lastEntry);
      }
      index[i] = lastEntry;
    }
    indices.push(index);
  }
  const palette = [...entries.keys()].map((c): Color => [c >> 16, (c >> 8) & 0xff, c & 0xff]);
  return { palette, indices };
}

function quantisedIndices(frames: readonly Picture[]): Indexed {
  const films = frames.map(toRgba);
  const pixels = films.reduce((sum, film) => sum + film.length / 4, 0);
  const stride = Math.ceil(pixels / MAX_QUANTISED_PIXELS);
  const sample = new Uint32Array(Math.ceil(pixels / stride));
  let position = 0;
  let taken = 0;
  for (const film of films) {
    const colors = new Uint32Array(film.buffer);
    for (; position < colors.length; position += stride) sample[taken++] = colors[position] ?? 0;
    position -= colors.length;
  }
  const format = countColors(sample) > MAX_CLUSTERED_COLORS ? "rgb444" : "rgb565";
  const palette = gif.quantize(new Uint8Array(sample.buffer), MAX_COLORS - 1, { format });
  return { palette, indices: films.map((film) => gif.applyPalette(film, palette)) };
}

/** Colours of 16 bits that occur among pixels of 0xAABBGGRR. */
function countColors(pixels: Uint32Array): number {
  const isThere = new Uint8Array(1 << 16);
  for (const pixel of pixels) {
    isThere[((pixel & 0xf8) << 8) | ((pixel >> 5) & 0x7e0) | ((pixel >> 19) & 0x1f)] = 1;
  }
  return isThere.reduce((sum, bit) => sum + bit, 0);
}

function toRgba(frame: Picture): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(frame.width * frame.height * 4);
  for (let i = 0; i < frame.width * frame.height; i++) {
    const color = colorAt(frame, i);
    rgba.set([color >> 16, (color >> 8) & 0xff, color & 0xff, 255], i * 4);
  }
  return rgba;
}

/** 0xRRGGBB of pixel `i`. */
function colorAt(frame: Picture, i: number): number {
  const { pixels } = frame;
  if (frame.channels === 1) return (pixels[i] ?? 0) * 0x010101;
  return ((pixels[i * 3] ?? 0) << 16) | ((pixels[i * 3 + 1] ?? 0) << 8) | (pixels[i * 3 + 2] ?? 0);
}
