import { deepEqual, equal, match } from "node:assert/strict";
import { makePusherClips } from "../../stages/dataset/robot_pusher.ts";
import { robotTree } from "../../stages/dataset/robot_tree.ts";
import { robotTreeFiles } from "../../tools/write_robot_tree.ts";
import { memoryFolder } from "../support/memory_folder.ts";
import { stageContext } from "../support/stage_context.ts";

const rule = { discs: 3, frames: 30, contextFrames: 2, size: 32 };
const counts = { train: 11, validation: 2, test: 1 };

function read(files: Readonly<Record<string, Uint8Array>>, own: object) {
  const { context } = stageContext({ backend: "cpu", threads: 1 });
  const openFolder = () => Promise.resolve(memoryFolder(files));
  const params = robotTree.params.parse({ folder: "x", size: 32, frames: 30, ...own });
  return robotTree.run({ ...context, openFolder, params, inputs: {} });
}

Deno.test("robotTreeFiles() writes what robotTree reads: frames and conditions come back exactly", async () => {
  const files = Object.fromEntries(robotTreeFiles({ ...rule, counts, seed: 6n }));
  const clips = await read(files, {});
  for (const split of ["train", "validation", "test"] as const) {
    const made = makePusherClips(split, rule, { count: counts[split], seed: 6n });
    const { frames, shape, conditions, conditionSize, contextFrames } = clips[split];
    deepEqual({ frames, shape, conditions, conditionSize, contextFrames }, {
      frames: made.frames,
      shape: made.shape,
      conditions: made.conditions,
      conditionSize: 7,
      contextFrames: 2,
    });
  }
});

Deno.test("robotTreeFiles() gives the lab's names: 30 frames and two tables without a header", () => {
  const files = new Map(
    robotTreeFiles({ ...rule, counts: { train: 1, validation: 1, test: 0 }, seed: 1n }),
  );
  const names = (folder: string) =>
    [...files.keys()].filter((path) => path.startsWith(folder)).map((path) =>
      path.slice(folder.length)
    );
  const expected = [
    ...Array.from({ length: 30 }, (_, i) => `${i}.png`),
    "actions.csv",
    "endeffector_positions.csv",
  ];
  deepEqual(names("train/0/"), expected);
  deepEqual(names("validate/0/"), expected);
  equal(files.size, 64);
  const lines = (path: string) => new TextDecoder().decode(files.get(path)).trimEnd().split("\n");
  deepEqual(lines("train/0/actions.csv").map((line) => line.split(",").length), Array(30).fill(4));
  deepEqual(
    lines("train/0/endeffector_positions.csv").map((line) => line.split(",").length),
    Array(30).fill(3),
  );
});

Deno.test("write_robot_tree.ts fills an empty folder and refuses another", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tool = new URL("../../tools/write_robot_tree.ts", import.meta.url).pathname;
    const run = (...more: string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--node-modules-dir=manual", "--no-check", "-A", tool, `${folder}/tree`]
          .concat("--clips", "1", "--held-out", "0", "--frames", "3", "--size", "16", ...more),
      }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const first = await run();
    match(text(first.stdout), /^1 clips in 5 files in/);
    const names = [...Deno.readDirSync(`${folder}/tree/train/0`)].map(({ name }) => name).sort();
    deepEqual(names, ["0.png", "1.png", "2.png", "actions.csv", "endeffector_positions.csv"]);
    const second = await run();
    equal(second.success, false);
    match(text(second.stderr), /it must be empty, but it holds "train"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
