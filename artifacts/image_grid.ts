/** A sheet of still images, as papers show samples of an image model. */

import { GLYPH_HEIGHT } from "./bitmap_font.ts";
import { Canvas } from "./canvas.ts";
import { encodePng } from "./encode_png.ts";
import type { MediaItem } from "./media.ts";
import { wrapLabel } from "./wrap_label.ts";

export interface ImageGrid {
  /** File name without its ending. */
  readonly name: string;
  readonly caption: string;
  /** `[image, height, width, channel]` in [0, 1]; 1 channel is gray, 3 are red, green, blue. */
  readonly images: Float32Array;
  readonly shape: readonly [image: number, height: number, width: number, channel: number];
  /** Written above the columns, in at most two lines each. */
  readonly columnLabels?: readonly string[];
}

const INK = 0xe8eaed;
const LABEL = { scale: 1, maxLines: 2 };
const LINE_HEIGHT = GLYPH_HEIGHT + 1;
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
  const labels = (grid.columnLabels ?? []).slice(0, columns)
    .map((label) => wrapLabel(label, width * scale, LABEL));
  const top = MARGIN + LINE_HEIGHT * labels.reduce((most, { length }) => Math.max(most, length), 0);
  const canvas = new Canvas(
    2 * MARGIN + columns * stepX - GAP,
    top + MARGIN + rows * stepY - GAP,
    GROUND,
  );
  for (const [column, lines] of labels.entries()) {
    lines.forEach((line, i) =>
      canvas.text(MARGIN + column * stepX, MARGIN + i * LINE_HEIGHT, line, {
        color: INK,
        scale: LABEL.scale,
      })
    );
  }
  for (let i = 0; i < count; i++) {
    const values = images.subarray(i * size, (i + 1) * size);
    const x = MARGIN + (i % columns) * stepX;
    const y = top + Math.floor(i / columns) * stepY;
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
