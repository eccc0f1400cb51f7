/** A sheet of still images, as papers show samples of an image model. */

import { Canvas } from "./canvas.ts";
import { encodePng } from "./encode_png.ts";
import type { MediaItem } from "./media.ts";

export interface ImageGrid {
  /** File name without its ending. */
  readonly name: string;
  readonly caption: string;
  /** `[image, height, width, channel]` in [0, 1]; 1 channel is gray, 3 are red, green, blue. */
  readonly images: Float32Array;
  readonly shape: readonly [image: number, height: number, width: number, channel: number];
}

const GROUND = 0x1b1f27;
const MARGIN = 8;
const GAP = 2;

/**
 * Lays images out row by row and enlarges each pixel to a square of `scale`.
 * @throws {RangeError} When the values do not fill the shape, or there is nothing to draw.
 */
export function imageGrid(
  grid: ImageGrid,
  options: { readonly columns: number; readonly scale: number },
): MediaItem {
  const { images, shape: [count, height, width, channels] } = grid;
  const { scale } = options;
  const size = height * width * channels;
  if (count * size === 0 || count * size !== images.length || ![1, 3].includes(channels)) {
    throw new RangeError(
      `Cannot draw image grid "${grid.name}": [${grid.shape}] must be images of 1 or 3 channels ` +
        `and hold as many values as were given, ${images.length}`,
    );
  }
  const columns = Math.min(count, Math.max(1, options.columns));
  const rows = Math.ceil(count / columns);
  const [stepX, stepY] = [width * scale + GAP, height * scale + GAP];
  const canvas = new Canvas(
    2 * MARGIN + columns * stepX - GAP,
    2 * MARGIN + rows * stepY - GAP,
    GROUND,
  );
  for (let i = 0; i < count; i++) {
    const values = images.subarray(i * size, (i + 1) * size);
    const x = MARGIN + (i % columns) * stepX;
    const y = MARGIN + Math.floor(i / columns) * stepY;
    canvas.frame(x, y, { values, height, width, channels }, { scale, levels: 256 });
  }
  const bytes = encodePng(canvas.picture());
  const { name, caption } = grid;
  return {
    name: `${name}.png`,
    type: "image/png",
    width: canvas.width,
    height: canvas.height,
    caption,
    bytes,
  };
}
