/** Pictures by which a person judges MoCoGAN. */

import { clipGrid } from "../../artifacts/clip_grid.ts";
import { imageGrid } from "../../artifacts/image_grid.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import type { ClipSource } from "./draw_clips.ts";
import type { MocoganSampleParams } from "./mocogan.ts";
import type { MocoganModel } from "./mocogan_model.ts";

/** Edge of a shown frame on the screen, about. */
const SHOWN_PIXELS = 64;
/** Clips of the filmstrip. */
const STRIPS = 6;
/** Frames of the filmstrip. */
const MOMENTS = 16;

export interface PictureOptions {
  readonly params: MocoganSampleParams;
  readonly model: MocoganModel;
  /** Indices of the categories that are drawn; none for a model without. */
  readonly categories: readonly number[];
  readonly frames: number;
  /** `[clip, frame, size, size, channel]` in [0, 1]. */
  readonly samples: Float32Array;
  readonly draw: (
    sources: readonly ClipSource[],
    options: { readonly frames: number },
  ) => Promise<Float32Array>;
}

/** Samples, a filmstrip of some, swaps, categories, contents between two, clips that run on. */
export async function mocoganPictures(options: PictureOptions): Promise<MediaItem[]> {
  return [
    samplesGrid(options),
    filmstrip(options),
    ...await swaps(options),
    ...await categories(options),
    ...await interpolations(options),
    ...await longClips(options),
  ];
}

function samplesGrid({ params, model, categories, frames, samples }: PictureOptions): MediaItem {
  const shown = Math.min(params.shown, params.count);
  const several = categories.length > 1;
  const columns = several
    ? categories.length * Math.max(1, Math.round(Math.sqrt(shown) / categories.length))
    : Math.ceil(Math.sqrt(shown));
  return grid(model, params, {
    name: "samples",
    caption: `The first ${shown} of ${params.count} samples, not chosen`,
    clips: samples.subarray(0, shown * frames * frameSize(model)),
    frames,
    columns,
    ...(several
      ? {
        columnLabels: range(columns).map((i) => model.classes[categories[i % categories.length]!]!),
      }
      : {}),
  });
}

/** Time to the right, for paper and for readers who want no motion. */
function filmstrip({ params, model, frames, samples }: PictureOptions): MediaItem {
  const rows = Math.min(STRIPS, params.count);
  const columns = Math.min(MOMENTS, frames);
  const size = frameSize(model);
  const images = new Float32Array(rows * columns * size);
  for (const row of range(rows)) {
    const start = row * frames * size;
    images.set(samples.subarray(start, start + columns * size), row * columns * size);
  }
  const { network: { size: edge, channels } } = model;
  return imageGrid({
    name: "filmstrip",
    caption: `Frames 1 to ${columns} of the first ${rows} samples`,
    images,
    shape: [rows * columns, edge, edge, channels],
    columnLabels: range(columns).map((t) => `${t + 1}`),
  }, { columns, scale: scaleOf(model) });
}

/** Each content with each motion: a row keeps what is shown, a column how it moves. */
async function swaps(
  { params, model, categories, frames, draw }: PictureOptions,
): Promise<MediaItem[]> {
  const count = Math.min(params.swaps, params.count);
  if (count < 2) return [];
  const clips = await draw(
    range(count * count).map((i) => {
      const motion = i % count;
      const category = categories[motion % categories.length] ?? 0;
      return { content: Math.floor(i / count), motion, category };
    }),
    { frames },
  );
  return [grid(model, params, {
    name: "swaps",
    caption: "Content and motion swapped: a row keeps the content, a column the motion",
    clips,
    frames,
    columns: count,
    columnLabels: range(count).map((i) => `motion ${i + 1}`),
    rowLabels: range(count).map((i) => `content ${i + 1}`),
  })];
}

/** The same codes with each category. */
async function categories(
  { params, model, categories, frames, draw }: PictureOptions,
): Promise<MediaItem[]> {
  const rows = Math.min(params.swaps, params.count);
  const columns = categories.length;
  if (columns < 2 || rows === 0) return [];
  const clips = await draw(
    range(rows * columns).map((i) => {
      const row = Math.floor(i / columns);
      return { content: row, motion: row, category: categories[i % columns]! };
    }),
    { frames },
  );
  return [grid(model, params, {
    name: "categories",
    caption: "A row keeps content and motion noise, only the category changes",
    clips,
    frames,
    columns,
    columnLabels: categories.map((index) => model.classes[index]!),
  })];
}

/** From one content to another, along the sphere, all with the motion of the first. */
async function interpolations(
  { params, model, categories, frames, draw }: PictureOptions,
): Promise<MediaItem[]> {
  const rows = Math.min(params.interpolations, Math.floor(params.count / 2));
  if (rows === 0) return [];
  const columns = params.interpolationSteps;
  const clips = await draw(
    range(rows * columns).map((i) => {
      const row = Math.floor(i / columns);
      return {
        content: { from: 2 * row, to: 2 * row + 1, share: (i % columns) / (columns - 1) },
        motion: 2 * row,
        category: categories[row % categories.length] ?? 0,
      };
    }),
    { frames },
  );
  return [grid(model, params, {
    name: "interpolations",
    caption: "From one content to another, with one motion",
    clips,
    frames,
    columns,
  })];
}

async function longClips(
  { params, model, categories, draw }: PictureOptions,
): Promise<MediaItem[]> {
  const frames = params.longFrames;
  if (frames === 0) return [];
  const count = Math.min(8, params.count);
  const clips = await draw(
    range(count).map((i) => ({
      content: i,
      motion: i,
      category: categories[i % categories.length] ?? 0,
    })),
    { frames },
  );
  return [grid(model, params, {
    name: "long",
    caption: `${count} clips of ${frames} frames by a network trained on ${model.network.frames}`,
    clips,
    frames,
    columns: Math.ceil(count / 2),
  })];
}

interface GridContent {
  readonly name: string;
  readonly caption: string;
  readonly clips: Float32Array;
  readonly frames: number;
  readonly columns: number;
  readonly columnLabels?: readonly string[];
  readonly rowLabels?: readonly string[];
}

function grid(
  model: MocoganModel,
  { delayMs }: MocoganSampleParams,
  { frames, ...content }: GridContent,
): MediaItem {
  const { network: { size, channels } } = model;
  const count = content.clips.length / (frames * frameSize(model));
  return clipGrid(
    { ...content, shape: [count, frames, size, size, channels] },
    { scale: scaleOf(model), delayMs },
  );
}

function scaleOf({ network }: MocoganModel): number {
  return Math.max(1, Math.round(SHOWN_PIXELS / network.size));
}

function frameSize({ network: { size, channels } }: MocoganModel): number {
  return size * size * channels;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
