import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { encodePng } from "../../../artifacts/encode_png.ts";
import { robotTree } from "../../../stages/dataset/robot_tree.ts";
import { memoryFolder } from "../../support/memory_folder.ts";
import { stageContext } from "../../support/stage_context.ts";

type Files = Record<string, Uint8Array>;

const text = (value: string) => new TextEncoder().encode(value);
const FRAMES = 30;

/** A clip whose frames and rows all say its number and the frame's. */
function clip(folder: string, number: number): Files {
  const files: Files = {};
  const [actions, positions]: string[][] = [[], []];
  for (let t = 0; t < FRAMES; t++) {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => [number, t, 0][i % 3]!);
    files[`${folder}/${t}.png`] = encodePng({ width: 2, height: 2, channels: 3, pixels });
    actions!.push([number, t, 0.25, -1].join(","));
    positions!.push([10 * number, 10 * t, 0.5].join(","));
  }
  files[`${folder}/actions.csv`] = text(`${actions!.join("\n")}\n`);
  files[`${folder}/endeffector_positions.csv`] = text(positions!.join("\r\n"));
  return files;
}

/** Clips 0, 1, ... in train, in folders whose order as text is not that of their numbers. */
const train = (count: number): Files =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => clip(`train/traj/${i}`, i)));

async function run(own: object, files: Files) {
  const { context, warnings } = stageContext({ backend: "cpu", threads: 1 });
  const openFolder = () => Promise.resolve(memoryFolder(files));
  const params = robotTree.params.parse({ folder: "x", size: 2, validation: 0, ...own });
  return { ...await robotTree.run({ ...context, openFolder, params, inputs: {} }), warnings };
}

Deno.test("robotTree: frames and conditions are of the same clip and frame, in every window", async () => {
  const files = train(12);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 3, max: FRAMES }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(99),
      async (frames, windowsPerClip, splitSeed) => {
        const { train } = await run({ frames, windowsPerClip, splitSeed, contextFrames: 1 }, files);
        const windows = Math.min(windowsPerClip, FRAMES - frames + 1);
        deepEqual(train.shape, [12 * windows, frames, 2, 2, 3]);
        for (let window = 0; window < train.shape[0]; window++) {
          const at = (t: number) => window * frames + t;
          const start = train.frames[at(0) * 12 + 1]!;
          ok(start + frames <= FRAMES);
          for (let t = 0; t < frames; t++) {
            const [number, time] = train.frames.subarray(at(t) * 12, at(t) * 12 + 2);
            deepEqual([number, time], [Math.floor(window / windows), start + t]);
            deepEqual(
              [...train.conditions!.subarray(at(t) * 7, at(t) * 7 + 7)],
              [number!, time!, 0.25, -1, 10 * number!, 10 * time!, 0.5],
            );
          }
        }
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("robotTree takes windows anywhere in the clip, or the first", async () => {
  const files = train(12);
  const starts = async (own: object) => {
    const { train } = await run(own, files);
    return Array.from({ length: 12 }, (_, i) => train.frames[i * 12 * 12 + 1]!);
  };
  ok(new Set(await starts({})).size > 4);
  deepEqual(await starts({ windows: "first" }), Array(12).fill(0));
  deepEqual(await starts({}), await starts({}));
});

Deno.test("robotTree scales positions as published when asked to, and actions never", async () => {
  const { train: clips } = await run({ windows: "first", scalePositions: true }, train(2));
  const row = clips.conditions!.subarray((12 + 3) * 7, (12 + 4) * 7);
  const scaled = [
    (10 - 0.42638585) / 0.42850533,
    (30 + 0.3080245) / 0.54029283,
    (0.5 - 0.19146784) / 0.12564658,
  ];
  deepEqual([...row], [...Float32Array.of(1, 3, 0.25, -1, ...scaled)]);
});

Deno.test("robotTree splits by folders, or by shares; a clip is in one split", async () => {
  const files = {
    ...train(6),
    ...clip("validate/traj/0", 100),
    ...clip("test/7", 101),
    "readme.txt": text("hello"),
  };
  const result = await run({}, files);
  const numbers = (clips: typeof result.train) =>
    Array.from({ length: clips.shape[0] }, (_, i) => clips.frames[i * 12 * 12]!);
  deepEqual(numbers(result.train), [0, 1, 2, 3, 4, 5]);
  deepEqual([numbers(result.validation), numbers(result.test)], [[100], [101]]);
  deepEqual(result.warnings, [
    "Left out 1 files that are neither pictures nor actions.csv or endeffector_positions.csv",
  ]);
  const shared = await run({ split: "share", validation: 0.25, test: 0.25 }, files);
  const all = [shared.train, shared.validation, shared.test].map(numbers);
  deepEqual(all.map(({ length }) => length), [4, 2, 2]);
  deepEqual(all.flat().sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 100, 101]);
});

Deno.test("robotTree names every mismatch with its file and line", async () => {
  const folder = "train/traj/1";
  const path = (file: string) => `${folder}/${file}`;
  const cases: [(files: Files) => void, RegExp][] = [
    [
      (files) => delete files[path("17.png")],
      /"train\/traj\/1\/17.png" is missing: a clip has 30 frames/,
    ],
    [(files) => delete files[path("actions.csv")], /"train\/traj\/1\/actions.csv" is missing/],
    [
      (files) => delete files[path("endeffector_positions.csv")],
      /"train\/traj\/1\/endeffector_positions.csv" is missing/,
    ],
    [
      (files) => spoil(files, path("actions.csv"), (lines) => lines.slice(0, 29)),
      /"train\/traj\/1\/actions.csv": line 30 is missing: there must be 30 lines.*there are 29/,
    ],
    [
      (files) => spoil(files, path("endeffector_positions.csv"), (lines) => ["x,y,z", ...lines]),
      /"train\/traj\/1\/endeffector_positions.csv": line 1, cell 1 must be a finite number, but it is "x"/,
    ],
    [
      (files) => spoil(files, path("actions.csv"), (lines) => lines.with(6, "1,2,nan,4")),
      /"train\/traj\/1\/actions.csv": line 7, cell 3 must be a finite number, but it is "nan"/,
    ],
    [
      (files) => spoil(files, path("actions.csv"), (lines) => lines.with(6, "1,2,3")),
      /"train\/traj\/1\/actions.csv": line 7 must have 4 cells, but it has 3/,
    ],
    [
      (files) => files[path("30.png")] = files[path("0.png")]!,
      /"train\/traj\/1\/30.png" is none of its frames/,
    ],
    [(files) => files[path("07.png")] = files[path("7.png")]!, /have the same number/],
    [
      (files) => files[path("cover.png")] = files[path("7.png")]!,
      /cover.png" is none of its frames/,
    ],
    [
      (files) => files[path("3.png")] = text("hello"),
      /"train\/traj\/1\/3.png": .*must be PNG or JPEG/,
    ],
  ];
  for (const [damage, message] of cases) {
    const files = train(3);
    damage(files);
    await rejects(run({ frames: FRAMES }, files), (error: Error) => {
      match(error.message, message);
      match(error.message, /^Cannot use "train\/traj\/1": /);
      return true;
    });
    const { train: left, warnings } = await run({ frames: FRAMES, broken: "skip" }, files);
    equal(left.shape[0], 2);
    match(warnings[0]!, message);
  }
});

Deno.test("robotTree reads a tree without tables when told to, and says what to do about BAIR", async () => {
  const files = Object.fromEntries(
    Object.entries(train(2)).filter(([path]) => path.endsWith(".png")),
  );
  const { train: clips } = await run({ conditions: false }, files);
  deepEqual([clips.conditions, clips.conditionSize], [undefined, undefined]);
  await rejects(run({}, files), /actions.csv" is missing; set conditions to false/);
  const records = { "train/traj_1_to_2.tfrecords": text("x") };
  await rejects(
    run({}, records),
    /holds TFRecords. BAIR's robot pushing set.*only its tree of PNG files/,
  );
  await rejects(run({}, { "a.txt": text("x") }), /of its 1 files none is such. BAIR/);
  await rejects(run({}, { "0.png": text("x") }), /must lie in a folder, but "0.png"/);
});

Deno.test("robotTree refuses parameters that do not go together", () => {
  const paths = (own: object) =>
    robotTree.params.safeParse({ folder: "x", ...own }).error?.issues.map(({ path }) => path[0]);
  equal(paths({}), undefined);
  deepEqual(paths({ frames: 31 }), ["frames"]);
  deepEqual(paths({ contextFrames: 12 }), ["contextFrames"]);
  deepEqual(paths({ everyNth: 2 }), [undefined]);
});

function spoil(files: Files, path: string, change: (lines: string[]) => string[]): void {
  const lines = new TextDecoder().decode(files[path]).trimEnd().split(/\r?\n/);
  files[path] = text(`${change(lines).join("\n")}\n`);
}
