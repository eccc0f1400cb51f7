import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import { clipBatches } from "../../../stages/train/clip_batches.ts";

/** Value = 20 * clip + frame, one pixel. */
const clips: Clips = {
  frames: Uint8Array.from({ length: 5 * 4 }, (_, i) => 20 * Math.floor(i / 4) + i % 4),
  shape: [5, 4, 1, 1, 1],
  split: "train",
  contextFrames: 2,
  samplesPerClip: 1,
  source: "five clips",
};

/** Clip and frame that a batch shows, `[frame][lane]`. */
function shown(seed: bigint, step: number, options: { batch: number; frames: number }) {
  const tensors = clipBatches(clips, seed)({ step, seen: step * options.batch, ...options });
  return Object.values(tensors).map(({ data }) =>
    [...data].map((value) => Math.round(value * 255))
  );
}

Deno.test("clipBatches() shows each clip once in an epoch", () => {
  const first = [0, 1, 2, 3, 4].map((step) => shown(1n, step, { batch: 1, frames: 4 }));
  deepEqual(first.map((frames) => frames[0]![0]!).sort((a, b) => a - b), [0, 20, 40, 60, 80]);
  const second = [5, 6, 7, 8, 9].map((step) => shown(1n, step, { batch: 1, frames: 4 }));
  deepEqual(second.map((frames) => frames[0]![0]!).sort((a, b) => a - b), [0, 20, 40, 60, 80]);
});

Deno.test("clipBatches() gives pixels in [0, 1], one tensor per frame, in order", () => {
  const tensors = clipBatches(clips, 1n)({ step: 0, seen: 0, batch: 3, frames: 4 });
  deepEqual(Object.keys(tensors), ["frame0", "frame1", "frame2", "frame3"]);
  deepEqual(tensors["frame0"]!.shape, [3, 1, 1, 1]);
  const [a, b] = [tensors["frame0"]!.data[1]!, tensors["frame1"]!.data[1]!];
  equal(Math.round((b - a) * 255), 1);
});

Deno.test("clipBatches() cuts windows at random starts, whole and consecutive", () => {
  const starts = new Set<number>();
  for (let step = 0; step < 20; step++) {
    const [first, second] = shown(1n, step, { batch: 2, frames: 2 });
    first!.forEach((value, lane) => {
      starts.add(value % 20);
      equal(second![lane], value + 1);
    });
  }
  deepEqual([...starts].sort(), [0, 1, 2]);
});

Deno.test("clipBatches() is a function of seed and place, not of what was drawn before", () => {
  const options = { batch: 2, frames: 3 };
  const draw = clipBatches(clips, 1n);
  draw({ step: 0, seen: 0, ...options });
  const later = draw({ step: 7, seen: 14, ...options });
  deepEqual(later, clipBatches(clips, 1n)({ step: 7, seen: 14, ...options }));
  const other = [0, 1, 2, 3].map((step) => shown(2n, step, options));
  notDeepEqual([0, 1, 2, 3].map((step) => shown(1n, step, options)), other);
});

Deno.test("clipBatches() refuses windows longer than clips", () => {
  throws(
    () => clipBatches(clips, 1n)({ step: 0, seen: 0, batch: 1, frames: 5 }),
    /windows of 5 frames: "five clips" has clips of 4/,
  );
});
