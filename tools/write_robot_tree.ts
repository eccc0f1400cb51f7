/**
 * Writes clips of the simulated pusher arm as the tree that `dataset/robot_tree` reads:
 * `<folder>/<train, validate or test>/<clip>/0.png ... 29.png, actions.csv, endeffector_positions.csv`.
 *
 *     deno run -A tools/write_robot_tree.ts data/robot --clips 100 --seed 1
 *
 * Equal arguments give equal bytes; clip i is the same whatever the number of clips.
 */

import { parseArgs } from "node:util";
import { encodePng } from "../artifacts/encode_png.ts";
import {
  ACTION_SIZE,
  makePusherClips,
  type PusherRule,
  type PusherSplit,
  robotPusher,
} from "../stages/dataset/robot_pusher.ts";

export interface RobotTreeOptions extends PusherRule {
  /** Clips of each split. */
  readonly counts: Readonly<Record<PusherSplit, number>>;
  readonly seed: bigint;
}

const splitFolders = { train: "train", validation: "validate", test: "test" } as const;

/** The files of a tree, by their paths in it. */
export function* robotTreeFiles(
  { counts, seed, ...rule }: RobotTreeOptions,
): Generator<readonly [path: string, bytes: Uint8Array]> {
  for (const split of ["train", "validation", "test"] as const) {
    const clips = makePusherClips(split, rule, { count: counts[split], seed });
    const { conditions, conditionSize, shape: [count, time, height, width] } = clips;
    const area = height * width * 3;
    for (let clip = 0; clip < count; clip++) {
      const folder = `${splitFolders[split]}/${clip}`;
      const rows: Float32Array[] = [];
      for (let frame = 0; frame < time; frame++) {
        const at = clip * time + frame;
        const pixels = Uint8Array.from(clips.frames.subarray(at * area, (at + 1) * area));
        yield [`${folder}/${frame}.png`, encodePng({ width, height, channels: 3, pixels })];
        rows.push(conditions.subarray(at * conditionSize, (at + 1) * conditionSize));
      }
      yield [`${folder}/actions.csv`, table(rows.map((row) => row.subarray(0, ACTION_SIZE)))];
      yield [
        `${folder}/endeffector_positions.csv`,
        table(rows.map((row) => row.subarray(ACTION_SIZE))),
      ];
    }
  }
}

function table(rows: readonly Float32Array[]): Uint8Array {
  const lines = rows.map((row) => [...row].map(shortest).join(","));
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/** The fewest digits from which float32 comes back; nine always do. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

async function main(args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      clips: { type: "string", default: "100" },
      "held-out": { type: "string" },
      seed: { type: "string", default: "1" },
      frames: { type: "string", default: "30" },
      size: { type: "string", default: "64" },
      discs: { type: "string", default: "3" },
    },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new Error(
      "Usage: write_robot_tree.ts <folder> [--clips 100] [--held-out 10] [--seed 1] [--frames 30] " +
        "[--size 64] [--discs 3]",
    );
  }
  const clips = wholeNumber("clips", values.clips);
  const heldOut = wholeNumber("held-out", values["held-out"] ?? `${Math.ceil(clips / 10)}`);
  const { discs, frames, contextFrames, size } = robotPusher.params.parse({
    frames: wholeNumber("frames", values.frames),
    size: wholeNumber("size", values.size),
    discs: wholeNumber("discs", values.discs),
  });
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    throw new Error(`Cannot write a tree to "${folder}": it must be empty, but it holds "${name}"`);
  }
  const counts = { train: clips, validation: heldOut, test: heldOut };
  const options = {
    counts,
    seed: BigInt(wholeNumber("seed", values.seed)),
    discs,
    frames,
    contextFrames,
    size,
  };
  let files = 0;
  for (const [path, bytes] of robotTreeFiles(options)) {
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(target, bytes);
    files++;
  }
  return `${clips + 2 * heldOut} clips in ${files} files in ${folder}`;
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`Cannot write a tree: --${name} must be a whole number, but it is "${text}"`);
}

if (import.meta.main) {
  // deno-lint-ignore no-console -- a tool of the repository, run by hand
  console.log(await main(Deno.args));
}
