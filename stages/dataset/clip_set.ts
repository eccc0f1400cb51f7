/** What every source of videos gives, and how it becomes clips of one length. */

import type { Clips } from "../../artifacts/clips.ts";
import type { Progress } from "../../pipelines/stage.ts";
import { attempt, describeProblems } from "./attempt.ts";
import { spanOf, type WindowRule, windowStarts } from "./clip_windows.ts";
import { limited } from "./picture_set.ts";
import { type SplitName, splitNames } from "./split_groups.ts";

export interface ClipSet {
  /** Name of the set, for reports. */
  readonly source: string;
  /** Names of the labels, or absent when videos have none. */
  readonly classes?: readonly string[];
  /** Numbers known beside each frame, or absent when there are none. */
  readonly conditionSize?: number;
  readonly items: readonly ClipItem[];
  /** Indices of items. */
  readonly splits: Readonly<Record<SplitName, readonly number[]>>;
}

export interface ClipItem {
  /** For errors: a path. */
  readonly name: string;
  readonly label: number;
  /** @throws {Error} When the video is broken. */
  open(): Promise<OpenClip>;
}

/** One video of any length. */
export interface OpenClip {
  readonly length: number;
  /** uint8 `[size, size, channel]`. @throws {Error} When the frame is broken. */
  frame(index: number): Promise<Uint8Array>;
  /** `[conditionSize]`; there when the set has a `conditionSize`. */
  condition?(index: number): Float32Array;
}

export interface CollectClipsOptions extends WindowRule {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly contextFrames: number;
  /** A video with fewer frames counts as too short, even if a window would fit. */
  readonly minimumFrames?: number | undefined;
  /** What to do about a video that is too short. */
  readonly short: "fail" | "skip";
  /** What to do about a video that cannot be read. */
  readonly broken: "fail" | "skip";
  /** Largest number of videos of a split; a seeded choice, in the order of the set. */
  readonly limit?: number | undefined;
  readonly seed: bigint;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly warn: (message: string) => void;
}

/** Videos read between two reports of progress. */
const REPORT_EVERY = 32;
/** A split of more bytes is refused: it is held in memory whole. */
const MOST_BYTES = 2 ** 32;

/**
 * Cuts the windows of each split's videos.
 * @throws {Error} Naming a video that is broken or too short, unless such are skipped; when nothing is left.
 */
export async function collectClips(
  set: ClipSet,
  options: CollectClipsOptions,
): Promise<Readonly<Record<SplitName, Clips>>> {
  const { limit, seed, warn } = options;
  const notes: Notes = { problems: [], short: [], done: 0, total: 0 };
  const choice = { seed, ...(limit !== undefined && { limit }) };
  const chosen = splitNames.map((split, step) => limited(set.splits[split], step, choice));
  notes.total = chosen.reduce((sum, indices) => sum + indices.length, 0);
  const [train = [], validation = [], test = []] = chosen;
  const collected = {
    train: await collectSplit(set, { split: "train", indices: train }, options, notes),
    validation: await collectSplit(
      set,
      { split: "validation", indices: validation },
      options,
      notes,
    ),
    test: await collectSplit(set, { split: "test", indices: test }, options, notes),
  };
  if (notes.problems.length > 0) warn(describeProblems(notes.problems, `${notes.total} clips`));
  if (notes.short.length > 0) {
    warn(`${describeProblems(notes.short, `${notes.total} clips`)} (too short)`);
  }
  for (const split of splitNames) {
    if (collected[split].shape[0] === 0) warn(`"${set.source}" has no ${split} clips`);
  }
  if (splitNames.every((split) => collected[split].shape[0] === 0)) {
    throw new Error(`Cannot use "${set.source}": none of its ${notes.total} clips can be used`);
  }
  return collected;
}

interface Notes {
  readonly problems: string[];
  readonly short: string[];
  done: number;
  total: number;
}

async function collectSplit(
  set: ClipSet,
  { split, indices }: { readonly split: SplitName; readonly indices: readonly number[] },
  options: CollectClipsOptions,
  notes: Notes,
): Promise<Clips> {
  const { frames, size, channels, broken, signal, progress } = options;
  const area = size * size * channels;
  const most = indices.length * options.windowsPerClip;
  requireMemory(set, split, most * frames * area);
  const { conditionSize = 0 } = set;
  const pixels = new Uint8Array(most * frames * area);
  const conditions = new Float32Array(most * frames * conditionSize);
  const labels: number[] = [];
  for (const index of indices) {
    signal.throwIfAborted();
    const item = set.items[index]!;
    const video = await attempt(item.name, () => readWindows(item, index), {
      broken,
      problems: notes.problems,
    });
    // Outside of the attempt: a short video is not a broken one.
    if (video?.isShort) refuseShort(item, video.length, options, notes.short);
    for (const window of video?.windows ?? []) {
      const first = labels.length * frames;
      window.frames.forEach((frame, time) => pixels.set(frame, (first + time) * area));
      window.rows.forEach((row, time) => conditions.set(row, (first + time) * conditionSize));
      labels.push(item.label);
    }
    if (++notes.done % REPORT_EVERY === 0) {
      progress({ step: notes.done, of: notes.total, message: "reading" });
    }
  }
  const count = labels.length;
  return {
    frames: pixels.slice(0, count * frames * area),
    shape: [count, frames, size, size, channels],
    split,
    contextFrames: options.contextFrames,
    samplesPerClip: 1,
    source: `${set.source}, ${split} clips`,
    ...(set.classes !== undefined && {
      labels: Int32Array.from(labels),
      classes: set.classes,
    }),
    ...(conditionSize > 0 && {
      conditions: conditions.slice(0, count * frames * conditionSize),
      conditionSize,
    }),
  };

  /** Read whole before any of it is kept, so that a broken frame leaves no part of its video. */
  async function readWindows(item: ClipItem, index: number) {
    const clip = await item.open();
    const windows: { readonly frames: Uint8Array[]; readonly rows: Float32Array[] }[] = [];
    const { length } = clip;
    if (length < neededFrames(options)) return { length, windows, isShort: true };
    for (const start of windowStarts(length, options, { seed: options.seed, video: index })) {
      const window = { frames: [] as Uint8Array[], rows: [] as Float32Array[] };
      for (let time = 0; time < frames; time++) {
        const at = start + time * options.everyNth;
        window.frames.push(await clip.frame(at));
        if (clip.condition !== undefined) window.rows.push(clip.condition(at));
      }
      windows.push(window);
    }
    return { length, windows, isShort: false };
  }
}

const neededFrames = (options: CollectClipsOptions) =>
  Math.max(spanOf(options), options.minimumFrames ?? 1);

function refuseShort(
  { name }: ClipItem,
  length: number,
  options: CollectClipsOptions,
  names: string[],
): void {
  const needed = neededFrames(options);
  if (options.short === "skip") {
    names.push(`"${name}": ${length} frames of ${needed}`);
    return;
  }
  throw new Error(
    `Cannot use "${name}": it must have at least ${needed} frames, but has ${length}; ` +
      '"short: skip" leaves such clips out',
  );
}

function requireMemory({ source }: ClipSet, split: SplitName, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  const gibibytes = (value: number) => (value / 2 ** 30).toFixed(1);
  throw new Error(
    `Cannot hold the ${split} clips of "${source}": they may take ${
      gibibytes(MOST_BYTES)
    } GiB, but take ` +
      `up to ${gibibytes(bytes)}; set limit, or a smaller size`,
  );
}
