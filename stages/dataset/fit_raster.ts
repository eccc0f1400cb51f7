/** Making pictures of any size into images of one size. */

import type { Raster } from "../../artifacts/raster.ts";
import { type ResampleFilter, resampleWeights } from "../../numerics/resample_weights.ts";

export const fitModes = ["stretch", "crop", "pad"] as const;

export interface Fit {
  /** Edge of the square image, in pixels. */
  readonly size: number;
  /** 1 is grey, 3 is RGB. */
  readonly channels: 1 | 3;
  /**
   * `stretch` takes no notice of the aspect; `crop` keeps it and takes the largest square in the middle;
   * `pad` keeps it and fills up with the background.
   */
  readonly mode: (typeof fitModes)[number];
  readonly filter: ResampleFilter;
  /** Red, green and blue, 0..255: behind transparent pixels and around padded pictures. */
  readonly background: readonly [red: number, green: number, blue: number];
}

/**
 * A picture as an image, uint8 `[size, size, channel]`.
 *
 * In this order: composite over the background, `α c + (1 - α) b` on the sRGB values as they are stored;
 * grey as Rec. 601 luma; filter along rows and then along columns. All in float64, rounded once at
 * the end (halves up), where Pillow rounds after each of these; so it differs from Pillow by a level at most
 * where both filter once.
 */
export function fitRaster(raster: Raster, fit: Fit): Uint8Array {
  const { size, channels, filter } = fit;
  const { source, target } = placement(raster, fit);
  const columns = resampleWeights({
    from: raster.width,
    to: target.width,
    filter,
    start: source.left,
    end: source.left + source.width,
  });
  const rows = resampleWeights({
    from: raster.height,
    to: target.height,
    filter,
    start: source.top,
    end: source.top + source.height,
  });
  const image = filled(fit);
  const line = new Float64Array(raster.width * channels);
  const narrow = new Narrowed(target.width * channels, (row, into) => {
    readLine(raster, row, fit, line);
    for (let x = 0; x < target.width; x++) {
      const { first, weights } = columns[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k]! * line[(first + k) * channels + c]!;
        }
        into[x * channels + c] = sum;
      }
    }
  });
  for (let y = 0; y < target.height; y++) {
    const { first, weights } = rows[y]!;
    const lines = narrow.from(first, weights.length);
    const at = ((target.top + y) * size + target.left) * channels;
    for (let i = 0; i < target.width * channels; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * lines[k]![i]!;
      image[at + i] = toByte(sum);
    }
  }
  return image;
}

/** Lines filtered along the row; only those in reach of a result are kept. */
class Narrowed {
  readonly #length: number;
  readonly #fill: (row: number, into: Float64Array) => void;
  #first = 0;
  #lines: Float64Array[] = [];

  constructor(length: number, fill: (row: number, into: Float64Array) => void) {
    this.#length = length;
    this.#fill = fill;
  }

  /** `first` must not fall from call to call. */
  from(first: number, count: number): readonly Float64Array[] {
    this.#lines = this.#lines.slice(Math.max(0, first - this.#first));
    this.#first = first;
    while (this.#lines.length < count) {
      const line = new Float64Array(this.#length);
      this.#fill(first + this.#lines.length, line);
      this.#lines.push(line);
    }
    return this.#lines;
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Which part of the picture goes where. */
function placement(
  { width, height }: Raster,
  { size, mode }: Fit,
): { readonly source: Box; readonly target: Box } {
  const whole = { left: 0, top: 0, width, height };
  const all = { left: 0, top: 0, width: size, height: size };
  if (mode === "stretch") return { source: whole, target: all };
  if (mode === "crop") {
    const edge = Math.min(width, height);
    const source = {
      left: (width - edge) / 2,
      top: (height - edge) / 2,
      width: edge,
      height: edge,
    };
    return { source, target: all };
  }
  const longer = Math.max(width, height);
  const fitted = {
    width: Math.max(1, Math.round(size * width / longer)),
    height: Math.max(1, Math.round(size * height / longer)),
  };
  const target = {
    ...fitted,
    left: Math.floor((size - fitted.width) / 2),
    top: Math.floor((size - fitted.height) / 2),
  };
  return { source: whole, target };
}

/** One line of the picture in the channels wanted, 0..255. */
function readLine(
  { width, channels: own, data }: Raster,
  row: number,
  { channels, background }: Fit,
  into: Float64Array,
): void {
  for (let x = 0; x < width; x++) {
    const at = (row * width + x) * own;
    const alpha = own === 4 ? data[at + 3]! / 255 : 1;
    const color = (c: 0 | 1 | 2) => {
      const value = data[own === 1 ? at : at + c]!;
      return alpha === 1 ? value : alpha * value + (1 - alpha) * background[c];
    };
    if (channels === 1) {
      into[x] = own === 1 ? data[at]! : luma(color(0), color(1), color(2));
    } else {
      into[3 * x] = color(0);
      into[3 * x + 1] = color(1);
      into[3 * x + 2] = color(2);
    }
  }
}

/** Rec. 601, with the integer weights of Pillow's mode "L". */
function luma(red: number, green: number, blue: number): number {
  return (19595 * red + 38470 * green + 7471 * blue) / 65536;
}

function filled({ size, channels, background }: Fit): Uint8Array {
  const color = channels === 1 ? [toByte(luma(...background))] : background;
  const image = new Uint8Array(size * size * channels);
  for (let i = 0; i < image.length; i++) image[i] = color[i % channels]!;
  return image;
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value + 0.5)));
}
