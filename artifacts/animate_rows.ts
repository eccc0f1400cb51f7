/** Films for a person to judge a video model by: what it was shown, then what it predicted. */

import { GLYPH_HEIGHT, textWidth } from "./bitmap_font.ts";
import { Canvas, type Frame, type Rgb } from "./canvas.ts";
import { encodeGif } from "./encode_gif.ts";
import { encodePng } from "./encode_png.ts";
import type { MediaItem } from "./media.ts";
import { wrapLabel } from "./wrap_label.ts";

/** One film of a group: the truth, the next-frame prediction, one sample. */
export interface AnimatedRow {
  readonly label: string;
  /** `[time, height, width, channel]` in [0, 1]; 1 channel is gray, 3 are red, green, blue. */
  readonly frames: Float32Array;
  readonly shape: readonly [time: number, height: number, width: number, channel: number];
  /**
   * Frames from the start that are given, not generated. The truth gives all of its frames, so its
   * `contextFrames` is `time`; other rows repeat the truth for as long as the model was shown it.
   */
  readonly contextFrames: number;
}

/** All films of one clip, to be compared side by side. */
export interface RowGroup {
  /** Names the files, `<name>.gif` and `<name>.png`, with other characters replaced by "_". */
  readonly name: string;
  readonly caption: string;
  readonly rows: readonly AnimatedRow[];
}

export interface AnimateOptions {
  /** Screen pixels per pixel of the GIF; the filmstrip uses half of it. 2 or 3 suits 64 x 64. */
  readonly scale: number;
  readonly delayMs: number;
}

// Blue and orange of Okabe and Ito's set, which every kind of colour vision tells apart.
const GIVEN = { bright: 0x56b4e9, dim: 0x2a4a5e };
const GENERATED = { bright: 0xe69f00, dim: 0x5a4413 };
const GROUND: Rgb = 0x1b1f27;
const INK: Rgb = 0xe8eaed;
const FAINT: Rgb = 0x9aa4b2;

const MARGIN = 12;
const GAP = 8;
const BORDER = 2;
const TEXT = 2; // scale of letters
const LINE_HEIGHT = (GLYPH_HEIGHT + 2) * TEXT;
const MAX_LABEL_LINES = 3;
const MAX_WIDTH = 880;
const BAR_HEIGHT = 6;
// Gray levels of a GIF, which leave 16 of its 256 colours for borders and text.
const GIF_LEVELS = 240;
// The last frame stays, so that a viewer can compare and sees where the loop ends.
const HOLD = 8;

/**
 * For each group a GIF with its films side by side, and a PNG filmstrip with time to the right.
 *
 * Blue borders mark frames that were given, orange ones frames that a model generated; the bar
 * below the films shows where in time they are. Equal rows give equal bytes.
 * @throws {RangeError} When a group is empty, its films differ in length or size, or names collide.
 */
export function animateRows(groups: readonly RowGroup[], options: AnimateOptions): MediaItem[] {
  const { scale, delayMs } = options;
  if (!Number.isInteger(scale) || scale < 1) {
    throw new RangeError(`Cannot animate rows: scale must be a positive integer, but is ${scale}`);
  }
  const names = groups.map((group) => fileName(group.name));
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw new RangeError(`Cannot animate rows: two groups would be named "${repeated}"`);
  }
  groups.forEach(checkGroup);
  return groups.flatMap((group, i) => [
    animation(`${names[i]}.gif`, group, scale, delayMs),
    filmstrip(`${names[i]}.png`, group, Math.max(1, Math.floor(scale / 2))),
  ]);
}

function fileName(name: string): string {
  const clean = name.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "_").replace(/^[_-]+/, "");
  return (clean === "" ? "rows" : clean).slice(0, 60);
}

function checkGroup(group: RowGroup): void {
  const problem = (text: string) => new RangeError(`Cannot animate rows "${group.name}": ${text}`);
  const [first] = group.rows;
  if (first === undefined) throw problem("there are no rows");
  for (const { label, frames, shape, contextFrames } of group.rows) {
    const size = shape.reduce((product, n) => product * n, 1);
    if (size === 0 || size !== frames.length) {
      throw problem(`"${label}" of shape [${shape}] needs ${size} values, not ${frames.length}`);
    }
    if (shape.slice(0, 3).join() !== first.shape.slice(0, 3).join()) {
      throw problem(
        `all rows must be [${first.shape.slice(0, 3)}] in time, height and width, ` +
          `but "${label}" is [${shape.slice(0, 3)}]`,
      );
    }
    if (shape[3] !== 1 && shape[3] !== 3) {
      throw problem(`"${label}" must have 1 or 3 channels, but has ${shape[3]}`);
    }
    if (!Number.isInteger(contextFrames) || contextFrames < 0 || contextFrames > shape[0]) {
      throw problem(
        `contextFrames of "${label}" must be 0 to ${shape[0]}, but is ${contextFrames}`,
      );
    }
  }
}

function animation(name: string, group: RowGroup, scale: number, delayMs: number): MediaItem {
  const [time, height, width] = shapeOf(group);
  const cell = { width: width * scale + 2 * BORDER, height: height * scale + 2 * BORDER };
  const fitting = Math.max(1, Math.floor((MAX_WIDTH - 2 * MARGIN + GAP) / (cell.width + GAP)));
  const lines = Math.ceil(group.rows.length / fitting);
  const columns = Math.ceil(group.rows.length / lines);
  const labels = group.rows.map((row) =>
    wrapLabel(row.label, cell.width, { scale: TEXT, maxLines: MAX_LABEL_LINES })
  );
  const labelHeight = Math.max(...labels.map((label) => label.length)) * LINE_HEIGHT;

  const pitch = labelHeight + cell.height + GAP;
  const inner = Math.max(columns * (cell.width + GAP) - GAP, footerWidth(time));
  const canvas = new Canvas(
    inner + 2 * MARGIN,
    MARGIN + lines * pitch + BAR_HEIGHT + GAP + LINE_HEIGHT + MARGIN / 2,
    GROUND,
  );
  const place = (i: number) => ({
    x: MARGIN + (i % columns) * (cell.width + GAP),
    y: MARGIN + Math.floor(i / columns) * pitch,
  });
  labels.forEach((label, i) => {
    const { x, y } = place(i);
    const top = y + labelHeight - label.length * LINE_HEIGHT;
    label.forEach((line, n) =>
      canvas.text(x, top + n * LINE_HEIGHT, line, { color: INK, scale: TEXT })
    );
  });
  const given = Math.min(...group.rows.map((row) => row.contextFrames));
  const footerY = MARGIN + lines * pitch;
  drawLegend(canvas, footerY + BAR_HEIGHT + GAP);

  const frames = Array.from({ length: time }, (_, t) => {
    const page = canvas.copy();
    group.rows.forEach((row, i) => {
      const { x, y } = place(i);
      drawFrame(page, { x, y: y + labelHeight }, row, t, { scale, levels: GIF_LEVELS });
    });
    drawTimeBar(page, footerY, inner, { time, given, now: t });
    return page.picture();
  });
  const bytes = encodeGif(frames, { delayMs, lastDelayMs: delayMs * HOLD });
  const { width: w, height: h } = canvas;
  return { name, type: "image/gif", width: w, height: h, caption: group.caption, bytes };
}

function filmstrip(name: string, group: RowGroup, scale: number): MediaItem {
  const [time, height, width] = shapeOf(group);
  const cell = { width: width * scale + 2 * BORDER, height: height * scale + 2 * BORDER };
  const step = Math.max(cell.width + 2, textWidth(`${time}`) * TEXT + 4);
  const pitch = LINE_HEIGHT + cell.height + GAP;
  const longest = Math.max(...group.rows.map((row) => textWidth(row.label) * TEXT));
  const canvas = new Canvas(
    2 * MARGIN + Math.max(step * time - 2, longest, footerWidth(time)),
    MARGIN + group.rows.length * pitch + 2 * LINE_HEIGHT + MARGIN / 2,
    GROUND,
  );
  group.rows.forEach((row, i) => {
    const y = MARGIN + i * pitch;
    canvas.text(MARGIN, y, row.label, { color: INK, scale: TEXT });
    for (let t = 0; t < time; t++) {
      drawFrame(canvas, { x: MARGIN + t * step, y: y + LINE_HEIGHT }, row, t, {
        scale,
        levels: 256,
      });
    }
  });
  const footerY = MARGIN + group.rows.length * pitch;
  for (let t = 0; t < time; t++) {
    const number = `${t + 1}`;
    const x = MARGIN + t * step + Math.floor((cell.width - textWidth(number) * TEXT) / 2);
    canvas.text(x, footerY - GAP / 2, number, { color: FAINT, scale: TEXT });
  }
  drawLegend(canvas, footerY + LINE_HEIGHT);
  const bytes = encodePng(canvas.picture());
  const { width: w, height: h } = canvas;
  return { name, type: "image/png", width: w, height: h, caption: group.caption, bytes };
}

function shapeOf(group: RowGroup): readonly [time: number, height: number, width: number] {
  const [time = 0, height = 0, width = 0] = group.rows[0]?.shape ?? [];
  return [time, height, width];
}

function drawFrame(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number },
  row: AnimatedRow,
  t: number,
  style: { readonly scale: number; readonly levels: number },
): void {
  const [, height, width, channels] = row.shape;
  const size = height * width * channels;
  const frame: Frame = {
    values: row.frames.subarray(t * size, (t + 1) * size),
    height,
    width,
    channels,
  };
  const { bright } = t < row.contextFrames ? GIVEN : GENERATED;
  const border = 2 * BORDER;
  canvas.fill(
    { ...at, width: width * style.scale + border, height: height * style.scale + border },
    bright,
  );
  canvas.frame(at.x + BORDER, at.y + BORDER, frame, style);
}

function drawLegend(canvas: Canvas, y: number): void {
  let x = MARGIN;
  for (const [color, text] of [[GIVEN.bright, "given"], [GENERATED.bright, "generated"]] as const) {
    canvas.fill({ x, y, width: 7 * TEXT, height: 7 * TEXT }, color);
    x += 7 * TEXT + 6;
    x += canvas.text(x, y, text, { color: FAINT, scale: TEXT }) + 16;
  }
}

/** One block per frame, bright up to now, and the number of the frame at the right of the legend. */
function drawTimeBar(
  canvas: Canvas,
  y: number,
  width: number,
  state: { readonly time: number; readonly given: number; readonly now: number },
): void {
  const { time, given, now } = state;
  const gap = width / time >= 6 ? 2 : 0;
  for (let t = 0; t < time; t++) {
    const left = Math.round((t * (width + gap)) / time);
    const right = Math.round(((t + 1) * (width + gap)) / time) - gap;
    const colors = t < given ? GIVEN : GENERATED;
    canvas.fill(
      { x: MARGIN + left, y, width: right - left, height: BAR_HEIGHT },
      t <= now ? colors.bright : colors.dim,
    );
  }
  const counter = `${now + 1}/${time}`;
  const x = MARGIN + width - textWidth(counter) * TEXT;
  canvas.text(x, y + BAR_HEIGHT + GAP, counter, { color: INK, scale: TEXT });
}

/** Room for the legend and the frame counter on one line. */
function footerWidth(time: number): number {
  const legend = (textWidth("given") + textWidth("generated") + 14) * TEXT + 44;
  return legend + textWidth(`${time}/${time}`) * TEXT + 8;
}
