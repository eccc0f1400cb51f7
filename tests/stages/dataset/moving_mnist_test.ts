import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import type { StageContext } from "../../../pipelines/stage.ts";
import { type ClipRule, makeClips, movingMnist } from "../../../stages/dataset/moving_mnist.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";

type Params = Parameters<typeof movingMnist.run>[0]["params"];

Deno.test("movingMnist makes three splits in the shapes and counts asked for", async () => {
  const { train, validation, test } = await run({ train: 3, validation: 2, test: 4, frames: 6 });
  deepEqual(train.shape, [3, 6, 64, 64, 1]);
  deepEqual(validation.shape, [2, 6, 64, 64, 1]);
  deepEqual(test.shape, [4, 6, 64, 64, 1]);
  deepEqual([train.split, validation.split, test.split], ["train", "validation", "test"]);
  equal(test.contextFrames, 3);
  equal(test.source, "Moving MNIST, 2 digits, deterministic");
});

Deno.test("movingMnist: clip i does not depend on how many clips there are", async () => {
  const few = await run({ train: 2, validation: 1, test: 1 });
  const many = await run({ train: 5, validation: 3, test: 4 });
  for (const split of ["train", "validation", "test"] as const) {
    const [a, b] = [few[split].frames, many[split].frames];
    deepEqual(a, b.subarray(0, a.length));
  }
});

Deno.test("movingMnist: the run's seed changes training clips and leaves held-out clips", async () => {
  const [one, two] = [await run({}, 1n), await run({}, 2n)];
  notDeepEqual(one.train.frames, two.train.frames);
  deepEqual(one.validation.frames, two.validation.frames);
  deepEqual(one.test.frames, two.test.frames);
  const other = await run({ testSeed: 5 }, 1n);
  notDeepEqual(one.test.frames, other.test.frames);
});

Deno.test("movingMnist: two digits have as much ink as digits have, and ink moves", async () => {
  const { train } = await run({ train: 40 });
  const area = 64 * 64;
  let sum = 0;
  for (const value of train.frames) sum += value;
  // 2 digits of 28 x 28 pixels with mean 0.1307 on 64 x 64 have 0.0500, less overlap; the mean of 80
  // digits, whose standard deviation is about a third of theirs, lies within 16 % of that.
  const mean = sum / train.frames.length / 255;
  ok(mean > 0.042 && mean < 0.058, `mean intensity ${mean}`);
  notDeepEqual(train.frames.subarray(0, area), train.frames.subarray(area, 2 * area));
});

Deno.test("makeClips() merges by maximum when deterministic, by sum when stochastic", () => {
  const grey = new Uint8Array(28 * 28).fill(100);
  // A digit that fills the canvas cannot move: both digits lie on each other.
  const still = { ...rule, size: 28, digits: 2 };
  const frames = (motion: ClipRule["motion"], size: number) =>
    makeClips("test", { ...still, motion, size }, { pool: [grey], seed: 1n }).frames;
  equal(Math.max(...frames("deterministic", 28)), 100);
  equal(Math.max(...frames("stochastic", 29)), 200);
});

Deno.test("makeClips() enlarges digits when asked to", () => {
  const white = new Uint8Array(28 * 28).fill(255);
  const one = { ...rule, digits: 1, digitSize: 32 };
  const { frames } = makeClips("test", one, { pool: [white], seed: 1n });
  equal(frames.subarray(0, 64 * 64).filter((value) => value === 255).length, 32 * 32);
});

Deno.test("movingMnist refuses what cannot be made, and says why", () => {
  const messages = (params: unknown) =>
    movingMnist.params.safeParse(params).error?.issues.map((
      { path, message },
    ) => [path[0], message]);
  deepEqual(messages({}), undefined);
  deepEqual(messages({ contextFrames: 20 }), [
    ["contextFrames", "contextFrames must be below frames, which is 20"],
  ]);
  deepEqual(messages({ size: 30, digitSize: 32 }), [
    ["size", "The canvas must hold a digit of 32 pixels"],
  ]);
  equal(messages({ size: 27 })?.[0]?.[0], "size");
  equal(messages({ testDownload: true, size: 96 })?.[0]?.[0], "test");
  equal(messages({ testDownload: true, testFile: "a.npy" })?.[0]?.[0], "testDownload");
});

const rule = {
  digits: 2,
  motion: "deterministic",
  frames: 3,
  contextFrames: 1,
  size: 64,
  digitSize: 28,
  train: 1,
  validation: 1,
  test: 1,
} as const;

function run(
  params: Partial<Params>,
  seed = 1n,
): Promise<{ train: Clips; validation: Clips; test: Clips }> {
  const small = { frames: 6, contextFrames: 3, train: 2, validation: 2, test: 2 };
  const context: StageContext<Params, typeof movingMnist.inputs> = {
    params: movingMnist.params.parse({ ...small, ...params }),
    inputs: {},
    seed,
    engine: { backend: "cpu", threads: 1 },
    progress: () => {},
    warn: () => {},
    preview: () => {},
    checkpoint: new MemoryCheckpoint(),
    signal: new AbortController().signal,
    openFile: () => Promise.reject(new Error("no file is expected to be opened")),
    openFolder: () => Promise.reject(new Error("no folder is expected to be opened")),
  };
  return movingMnist.run(context);
}
