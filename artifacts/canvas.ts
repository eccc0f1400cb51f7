/** A small RGB drawing surface for the pictures that stages leave: rectangles, text, enlarged pixels. */

import { GLYPH_HEIGHT, glyphColumns, textWidth } from "./bitmap_font.ts";
import type { Picture } from "./picture.ts";

/** 0xRRGGBB. */
export type Rgb = number;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `[height, width, channel]` pixels in [0, 1]: one frame of a clip. */
export interface Frame {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Uint8Array;

  constructor(width: number, height: number, ground: Rgb) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint8Array(width * height * 3);
    this.fill({ x: 0, y: 0, width, height }, ground);
  }

  /** What is drawn so far; later drawing does not change it. */
  picture(): Picture {
    return { width: this.width, height: this.height, channels: 3, pixels: this.#pixels.slice() };
  }

  copy(): Canvas {
    const copy = new Canvas(this.width, this.height, 0);
    copy.#pixels.set(this.#pixels);
    return copy;
  }

  /** Fills a rectangle; what lies outside the canvas is cut off. */
  fill(area: Rectangle, color: Rgb): void {
    const left = Math.max(0, area.x);
    const right = Math.min(this.width, area.x + area.width);
    const bottom = Math.min(this.height, area.y + area.height);
    const [red, green, blue] = [color >> 16, (color >> 8) & 0xff, color & 0xff];
    for (let y = Math.max(0, area.y); y < bottom; y++) {
      for (let x = left, at = (y * this.width + left) * 3; x < right; x++, at += 3) {
        this.#pixels[at] = red;
        this.#pixels[at + 1] = green;
        this.#pixels[at + 2] = blue;
      }
    }
  }

  /** Writes one line with its capitals' top left corner at (x, y); returns its width in pixels. */
  text(x: number, y: number, line: string, style: { color: Rgb; scale: number }): number {
    const { color, scale } = style;
    let left = x;
    for (const character of line) {
      const columns = glyphColumns(character);
      columns.forEach((bits, column) => {
        for (let row = 0; row < GLYPH_HEIGHT; row++) {
          if ((bits >> row) & 1) {
            const at = { x: left + column * scale, y: y + row * scale };
            this.fill({ ...at, width: scale, height: scale }, color);
          }
        }
      });
      left += (columns.length + 1) * scale;
    }
    return textWidth(line) * scale;
  }

  /**
   * Draws a frame, each pixel a square of `scale`, in as many gray levels or steps per channel as
   * `levels` says; the first three channels are red, green and blue, one channel is gray.
   */
  frame(x: number, y: number, frame: Frame, style: { scale: number; levels: number }): void {
    const { values, height, width, channels } = frame;
    const { scale } = style;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = (row * width + column) * channels;
        const red = toByte(values[at], style.levels);
        const green = channels < 3 ? red : toByte(values[at + 1], style.levels);
        const blue = channels < 3 ? red : toByte(values[at + 2], style.levels);
        this.fill(
          { x: x + column * scale, y: y + row * scale, width: scale, height: scale },
          (red << 16) | (green << 8) | blue,
        );
      }
    }
  }
}

/** [0, 1] to a byte in `levels` even steps; outside values are clamped, NaN is black. */
function toByte(value: number | undefined, levels: number): number {
  const clamped = Math.min(1, Math.max(0, value ?? 0)) || 0;
  return Math.round((Math.round(clamped * (levels - 1)) * 255) / (levels - 1));
}
