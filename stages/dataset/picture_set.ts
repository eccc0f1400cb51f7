/** What every source of still images gives, and how it becomes the stage's outputs. */

import type { Images } from "../../artifacts/images.ts";
import { permutation, Stream } from "../../numerics/random.ts";
import type { Progress } from "../../pipelines/stage.ts";
import { attempt, describeProblems } from "./attempt.ts";
import { type SplitName, splitNames } from "./split_groups.ts";

export interface PictureSet {
  /** Name of the set, for reports. */
  readonly source: string;
  /** Names of the labels, or absent when pictures have none. */
  readonly classes?: readonly string[];
  readonly items: readonly PictureItem[];
  /** Indices of items. */
  readonly splits: Readonly<Record<SplitName, readonly number[]>>;
}

export interface PictureItem {
  /** For errors: a path, or what stands for one. */
  readonly name: string;
  readonly label: number;
  /** uint8 `[size, size, channel]`. @throws {Error} When the picture is broken. */
  read(): Uint8Array | Promise<Uint8Array>;
}

export interface CollectOptions {
  readonly size: number;
  readonly channels: 1 | 3;
  /** Largest number of images of a split; a seeded choice, in the order of the set. */
  readonly limit?: number;
  readonly seed: bigint;
  /** What to do about a picture that cannot be read. */
  readonly broken: "fail" | "skip";
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly warn: (message: string) => void;
}

/** Pictures read between two reports of progress. */
const REPORT_EVERY = 256;

/**
 * Reads the pictures of each split.
 * @throws {Error} Naming a picture that cannot be read and why, unless such are skipped.
 */
export async function collectImages(
  set: PictureSet,
  options: CollectOptions,
): Promise<Readonly<Record<SplitName, Images>>> {
  const { signal, progress, warn, broken } = options;
  const problems: string[] = [];
  const chosen = splitNames.map((split, step) => limited(set.splits[split], step, options));
  const total = chosen.reduce((sum, indices) => sum + indices.length, 0);
  let done = 0;
  const collect = async (split: SplitName, indices: readonly number[]): Promise<Images> => {
    const images: Uint8Array[] = [];
    const labels: number[] = [];
    for (const index of indices) {
      signal.throwIfAborted();
      const item = set.items[index]!;
      const image = await attempt(item.name, () => item.read(), { broken, problems });
      if (image !== undefined) {
        images.push(image);
        labels.push(item.label);
      }
      if (++done % REPORT_EVERY === 0) progress({ step: done, of: total, message: "reading" });
    }
    if (images.length === 0) warn(`"${set.source}" has no ${split} images`);
    return assemble(set, split, { images, labels }, options);
  };
  const [train = [], validation = [], test = []] = chosen;
  const collected = {
    train: await collect("train", train),
    validation: await collect("validation", validation),
    test: await collect("test", test),
  };
  if (problems.length > 0) warn(describeProblems(problems, `${set.items.length} pictures`));
  return collected;
}

/** The indices, or a seeded choice of as many as allowed, in their order. */
export function limited(
  indices: readonly number[],
  step: number,
  { limit, seed }: Pick<CollectOptions, "limit" | "seed">,
): readonly number[] {
  if (limit === undefined || limit >= indices.length) return indices;
  const order = permutation({ seed, stream: Stream.selection, step, lane: 1 }, indices.length);
  return [...order.subarray(0, limit)].sort((a, b) => a - b).map((place) => indices[place]!);
}

function assemble(
  { source, classes }: PictureSet,
  split: SplitName,
  { images, labels }: { readonly images: readonly Uint8Array[]; readonly labels: number[] },
  { size, channels }: CollectOptions,
): Images {
  const volume = size * size * channels;
  const pixels = new Uint8Array(images.length * volume);
  images.forEach((image, i) => pixels.set(image, i * volume));
  return {
    pixels,
    shape: [images.length, size, size, channels],
    ...(classes !== undefined && { labels: Int32Array.from(labels), classes }),
    split,
    source: `${source}, ${split} images`,
  };
}
