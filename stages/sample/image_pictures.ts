/** Pictures by which a person judges an image diffusion. */

import type { Images } from "../../artifacts/images.ts";
import { imageGrid } from "../../artifacts/image_grid.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import { chooseSampler } from "../../diffusion/choose_sampler.ts";
import { interpolateNoise } from "../../diffusion/interpolate_noise.ts";
import { entry } from "../../diffusion/noise_schedule.ts";
import { normals, Stream } from "../../numerics/random.ts";
import type { DdpmSampleParams } from "./ddpm.ts";
import type { Drawing } from "./draw_images.ts";
import type { ImageDiffusion } from "./image_diffusion.ts";
import { toUnit } from "./image_values.ts";

/** Pictures of a way from noise, where the config does not say how often. */
const MOMENTS = 10;
/** Edge of a shown image on the screen, about. */
const SHOWN_PIXELS = 64;

export interface PictureOptions {
  readonly params: DdpmSampleParams;
  readonly diffusion: ImageDiffusion;
  readonly seed: bigint;
  /** The samples, `[image, height, width, channel]` in [0, 1]. */
  readonly images: Float32Array;
  readonly labels: Int32Array | undefined;
  /** Real images, for the strip of growing noise. */
  readonly clean: Images | undefined;
  readonly draw: (
    drawing: Pick<Drawing, "images" | "labels" | "start" | "steps" | "onStep">,
  ) => Promise<Float32Array>;
}

/** The grid of samples, ways from noise, growing noise on real images, images between seeds. */
export async function drawPictures(options: PictureOptions): Promise<MediaItem[]> {
  return [
    samplesGrid(options),
    ...await trajectories(options),
    ...forwardStrip(options),
    ...await interpolations(options),
  ];
}

function samplesGrid({ params, diffusion, images }: PictureOptions): MediaItem {
  const shown = Math.min(params.shown, params.count);
  const columnLabels = params.classesAsIn ? [] : params.classes ?? diffusion.classes;
  return grid(diffusion, {
    name: "samples",
    caption: `The first ${shown} of ${params.count} samples, not chosen: ${describe(params)}`,
    images: images.subarray(0, shown * sizeOf(diffusion)),
    columns: columnLabels.length > 1 ? columnLabels.length : Math.ceil(Math.sqrt(shown)),
    ...(columnLabels.length > 1 ? { columnLabels } : {}),
  });
}

/** x at every few steps, one image a row; the last column is the sample of the grid. */
async function trajectories(
  { params, diffusion, labels, draw }: PictureOptions,
): Promise<MediaItem[]> {
  const rows = Math.min(params.trajectories, params.count);
  if (rows === 0) return [];
  const size = sizeOf(diffusion);
  const every = params.trajectoryEvery ?? Math.max(1, Math.round(params.steps / MOMENTS));
  const isShown = (k: number) => (params.steps - 1 - k) % every === 0;
  const moments = new Map<number, Float32Array>();
  await draw({
    images: range(rows),
    ...(labels ? { labels: labels.slice(0, rows) } : {}),
    onStep: ({ k, first, x }) => {
      if (!isShown(k)) return;
      const all = moments.get(k) ?? new Float32Array(rows * size);
      all.set(
        x.subarray(0, (Math.min(rows, first + x.length / size) - first) * size),
        first * size,
      );
      moments.set(k, all);
    },
  });
  const shown = [...moments].toSorted(([a], [b]) => a - b);
  return [grid(diffusion, {
    name: "trajectories",
    caption:
      `Ways from noise to the first ${rows} samples, every ${every} of ${params.steps} steps`,
    images: toUnit(rowsOf(shown.map(([, values]) => values), rows, size)),
    columns: shown.length,
    columnLabels: shown.map(([k]) => `${k + 1}`),
  })];
}

/** x_n = √ᾱ_n x0 + √(1−ᾱ_n) ε, each from the clean image, with one ε for a row. */
function forwardStrip({ params, diffusion, seed, clean }: PictureOptions): MediaItem[] {
  const rows = Math.min(params.noised, clean?.shape[0] ?? 0);
  if (!clean || rows === 0) return [];
  const [, height, width, channels] = clean.shape;
  const size = height * width * channels;
  const { schedule } = diffusion;
  const scale = clean.pixels instanceof Uint8Array ? 1 / 255 : 1;
  const x0 = Float32Array.from(clean.pixels.subarray(0, rows * size), (v) => 2 * v * scale - 1);
  const noise = Float32Array.from(
    range(rows).flatMap((lane) => [
      ...normals({ seed, stream: Stream.noise, step: 0, lane }, size),
    ]),
  );
  const timesteps = range(MOMENTS).map((i) =>
    Math.round((i * (schedule.steps - 1)) / (MOMENTS - 1))
  );
  const columns = [
    x0,
    ...timesteps.map((timestep) => {
      const [signal, spread] = [entry(schedule.signal, timestep), entry(schedule.noise, timestep)];
      return x0.map((value, i) => signal * value + spread * noise[i]!);
    }),
  ];
  return [grid({ height, width, network: { channels } }, {
    name: "noising",
    caption:
      "Real images with the noise of the diffusion steps above them, each from the clean image",
    images: toUnit(rowsOf(columns, rows, size)),
    columns: columns.length,
    columnLabels: ["x0", ...timesteps.map(String)],
  })];
}

/**
 * What is drawn from the noises between those of two samples, by DDIM without fresh noise: that of a stochastic
 * sampler would hide where it started.
 */
async function interpolations(
  { params, diffusion, seed, labels, draw }: PictureOptions,
): Promise<MediaItem[]> {
  const rows = Math.min(params.interpolations, Math.floor(params.count / 2));
  if (rows === 0) return [];
  const size = sizeOf(diffusion);
  const columns = params.interpolationSteps;
  const noiseOf = (lane: number) => normals({ seed, stream: Stream.sampling, step: 0, lane }, size);
  const start = new Float32Array(rows * columns * size);
  for (const row of range(rows)) {
    const [a, b] = [noiseOf(2 * row), noiseOf(2 * row + 1)];
    for (const column of range(columns)) {
      start.set(interpolateNoise(a, b, column / (columns - 1)), (row * columns + column) * size);
    }
  }
  const between = await draw({
    images: range(rows * columns),
    start,
    steps: chooseSampler(
      { ...params, sampler: "ddim", eta: 0 },
      diffusion.schedule,
      diffusion.objective,
    ),
    ...(labels
      ? {
        labels: Int32Array.from(
          { length: rows * columns },
          (_, i) => labels[2 * Math.floor(i / columns)]!,
        ),
      }
      : {}),
  });
  return [grid(diffusion, {
    name: "interpolations",
    caption:
      `From the noise of one sample to that of another, along the sphere; ddim, ${params.steps} steps` +
      (labels ? ", all of the first one's class" : ""),
    images: toUnit(between),
    columns,
  })];
}

interface GridContent {
  readonly name: string;
  readonly caption: string;
  readonly images: Float32Array;
  readonly columns: number;
  readonly columnLabels?: readonly string[];
}

interface ImageSizes {
  readonly height: number;
  readonly width: number;
  readonly network: { readonly channels: number };
}

function grid(sizes: ImageSizes, { images, columns, ...content }: GridContent): MediaItem {
  const { height, width, network: { channels } } = sizes;
  return imageGrid(
    { ...content, images, shape: [images.length / sizeOf(sizes), height, width, channels] },
    { columns, scale: Math.max(1, Math.round(SHOWN_PIXELS / width)) },
  );
}

/** `[column][row, ...]` -> `[row * column, ...]`: the order of a grid. */
function rowsOf(columns: readonly Float32Array[], rows: number, size: number): Float32Array {
  const all = new Float32Array(rows * columns.length * size);
  for (const row of range(rows)) {
    for (const [i, column] of columns.entries()) {
      all.set(column.subarray(row * size, (row + 1) * size), (row * columns.length + i) * size);
    }
  }
  return all;
}

function describe({ sampler, steps, eta, guidance, weights }: DdpmSampleParams): string {
  const noise = sampler === "ddim" ? `, eta ${eta}` : "";
  const guided = guidance === null ? "" : `, guidance ${guidance}`;
  return `${sampler}, ${steps} steps${noise}${guided}, ${weights} weights`;
}

function sizeOf({ height, width, network }: ImageSizes): number {
  return height * width * network.channels;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
