/** A sheet of films that run together, as papers show samples of a video model. */

import { GLYPH_HEIGHT, textWidth } from "./bitmap_font.ts";
import { Canvas } from "./canvas.ts";
import { encodeGif } from "./encode_gif.ts";
import type { MediaItem } from "./media.ts";
import { wrapLabel } from "./wrap_label.ts";

export interface ClipGrid {
  /** File name without its ending. */
  readonly name: string;
  readonly caption: string;
  /** `[clip, time, height, width, channel]` in [0, 1]; 1 channel is gray, 3 are red, green, blue. */
  readonly clips: Float32Array;
  readonly shape: readonly [
    clip: number,
    time: number,
    height: number,
    width: number,
    channel: number,
  ];
  readonly columns: number;
  /** Written above the columns, in at most two lines each. */
  readonly columnLabels?: readonly string[];
  /** Written at the left of the rows, in at most three lines each. */
  readonly rowLabels?: readonly string[];
}

export interface ClipGridOptions {
  /** Screen pixels per pixel. */
  readonly scale: number;
  readonly delayMs: number;
}

const INK = 0xe8eaed;
const GROUND = 0x1b1f27;
const MARGIN = 8;
const GAP = 2;
const LINE_HEIGHT = GLYPH_HEIGHT + 1;
const ROW_LABEL_WIDTH = 72;
// Gray levels of a GIF, which leave colours for the text.
const LEVELS = 240;

/**
 * Lays films out row by row in one GIF that loops.
 * @throws {RangeError} When the values do not fill the shape, or there is nothing to draw.
 */
export function clipGrid(grid: ClipGrid, { scale, delayMs }: ClipGridOptions): MediaItem {
  const { name, caption, clips, shape } = grid;
  const [count, time, height, width, channels] = shape;
  const frameSize = height * width * channels;
  const isFilled = count * time * frameSize > 0 && count * time * frameSize === clips.length;
  if (!isFilled || ![1, 3].includes(channels)) {
    throw new RangeError(
      `Cannot draw clip grid "${name}": [${shape}] must be clips of 1 or 3 channels and hold as many ` +
        `values as were given, ${clips.length}`,
    );
  }
  const { canvas, place } = layOut(grid, scale);
  const frames = Array.from({ length: time }, (_, t) => {
    const page = canvas.copy();
    for (let i = 0; i < count; i++) {
      const start = (i * time + t) * frameSize;
      const values = clips.subarray(start, start + frameSize);
      const { x, y } = place(i);
      page.frame(x, y, { values, height, width, channels }, { scale, levels: LEVELS });
    }
    return page.picture();
  });
  return {
    name: `${name}.gif`,
    type: "image/gif",
    width: canvas.width,
    height: canvas.height,
    caption,
    bytes: encodeGif(frames, { delayMs }),
  };
}

/** The labels, and where each film goes. */
function layOut({ shape, columnLabels = [], rowLabels = [], ...grid }: ClipGrid, scale: number) {
  const [count, , height, width] = shape;
  const columns = Math.min(count, Math.max(1, grid.columns));
  const rows = Math.ceil(count / columns);
  const [stepX, stepY] = [width * scale + GAP, height * scale + GAP];
  const wrap = (label: string, room: number, maxLines: number) =>
    wrapLabel(label, room, { scale: 1, maxLines });
  const above = columnLabels.slice(0, columns).map((label) => wrap(label, width * scale, 2));
  const beside = rowLabels.slice(0, rows).map((label) => wrap(label, ROW_LABEL_WIDTH, 3));
  const widest = Math.max(0, ...beside.flat().map(textWidth));
  const left = MARGIN + (widest === 0 ? 0 : widest + MARGIN);
  const top = MARGIN + LINE_HEIGHT * Math.max(0, ...above.map(({ length }) => length));
  const canvas = new Canvas(
    left + columns * stepX - GAP + MARGIN,
    top + rows * stepY - GAP + MARGIN,
    GROUND,
  );
  const write = (x: number, y: number, lines: readonly string[]) =>
    lines.forEach((line, i) => canvas.text(x, y + i * LINE_HEIGHT, line, { color: INK, scale: 1 }));
  above.forEach((lines, column) => write(left + column * stepX, MARGIN, lines));
  beside.forEach((lines, row) => write(MARGIN, top + row * stepY, lines));
  return {
    canvas,
    place: (i: number) => ({
      x: left + (i % columns) * stepX,
      y: top + Math.floor(i / columns) * stepY,
    }),
  };
}
