/** Making pictures of any size into images of one size. */

import type { Raster } from "../../artifacts/raster.ts";
import { resampleGrid } from "../../numerics/resample_grid.ts";
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
 * the end, halves up. Pillow rounds and clips after each of these, so it differs by a level, and with
 * `bicubic` by more where its first pass overshoots.
 */
export function fitRaster(raster: Raster, fit: Fit): Uint8Array {
  const { size, channels, filter } = fit;
  const isFitting = raster.width === size && raster.height === size;
  if (isFitting && raster.channels === channels) return raster.data.slice();
  const { source, target } = placement(raster, fit);
  const image = filled(fit);
  resampleGrid({
    columns: axis(raster.width, target.width, source.left, source.width),
    rows: axis(raster.height, target.height, source.top, source.height),
    width: raster.width,
    channels,
    readLine: (row, into) => readLine(raster, row, fit, into),
    writeLine(row, line) {
      const at = ((target.top + row) * size + target.left) * channels;
      for (let i = 0; i < line.length; i++) image[at + i] = toByte(line[i]!);
    },
  });
  return image;

  function axis(from: number, to: number, start: number, length: number) {
    return resampleWeights({ from, to, filter, start, end: start + length });
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
  for (let x = 0, at = row * width * own; x < width; x++, at += own) {
    let red = data[at]!;
    let green = own === 1 ? red : data[at + 1]!;
    let blue = own === 1 ? red : data[at + 2]!;
    const alpha = own === 4 ? data[at + 3]! / 255 : 1;
    if (alpha < 1) {
      red = alpha * red + (1 - alpha) * background[0];
      green = alpha * green + (1 - alpha) * background[1];
      blue = alpha * blue + (1 - alpha) * background[2];
    }
    if (channels === 1) {
      into[x] = luma(red, green, blue);
    } else {
      into[3 * x] = red;
      into[3 * x + 1] = green;
      into[3 * x + 2] = blue;
    }
  }
}

/** Rec. 601, with the integer weights of Pillow's mode "L"; of three equal values exactly that value. */
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
