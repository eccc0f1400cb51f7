/** A tree of robot clips, frames with tables of actions and positions, as a set of clips. */

import type { OpenFolder } from "../../pipelines/stage.ts";
import type { ClipItem, ClipSet, OpenClip } from "./clip_set.ts";
import { type Fit, fitRaster } from "./fit_raster.ts";
import { placeOf } from "./folder_places.ts";
import { compareNatural } from "./natural_order.ts";
import { readNumberRows } from "./read_number_rows.ts";
import { type Shares, splitGroups, splitItems } from "./split_groups.ts";
import { readRaster } from "./strip_clips.ts";

/** Tables beside the frames of a clip, in the order in which their columns make up a condition. */
export const conditionTables = [
  { file: "actions.csv", columns: 4 },
  { file: "endeffector_positions.csv", columns: 3 },
] as const;

export const CONDITION_SIZE = 7;

/** `(position - offset) / scale`, as a published variant of the lab's loader does. */
export const positionScaling = {
  offset: [0.42638585, -0.3080245, 0.19146784],
  scale: [0.42850533, 0.54029283, 0.12564658],
} as const;

/** What to do, since BAIR's own files are another format. */
export const BAIR_HINT =
  "BAIR's robot pushing set comes as TFRecords (softmotion30_44k/{train,test}/*.tfrecords), which are not " +
  "read: only its tree of PNG files is, <train or test>/<trajectories>/<clip>/0.png ... 29.png, as the " +
  "convert_bair.py of SVG makes it. That tree has no CSV files: set conditions to false for it";

export interface RobotChoice {
  readonly name: string;
  readonly fit: Fit;
  /** Frames of each clip in the tree. */
  readonly clipFrames: number;
  readonly conditions: boolean;
  readonly scalePositions: boolean;
  readonly split: "share" | "folders";
  readonly shares: Shares;
  readonly seed: bigint;
  readonly warn: (message: string) => void;
}

/**
 * The clips of a tree in the natural order of their folders: `<clip>/0.png ... 29.png` and, beside them,
 * `actions.csv` (30 x 4) and `endeffector_positions.csv` (30 x 3), both without a header. Row t belongs to
 * frame t of the same folder.
 *
 * A clip that does not fit is an error when it is opened, naming the file and, in a table, the line.
 * @throws {Error} When there are no clips, or one is in no split.
 */
export function robotClips(folder: OpenFolder, choice: RobotChoice): ClipSet {
  const { split, shares, seed } = choice;
  const folders = clipFolders(folder, choice);
  const places = folders.map(({ name }) => placeOf(name, split, "clips"));
  const items = folders.map((clip): ClipItem & { readonly groups: readonly string[] } => ({
    name: clip.name,
    label: 0,
    groups: [],
    open: () => openClip(folder, clip, choice),
  }));
  const splits = split === "share"
    ? splitGroups(items, shares, seed)
    : splitItems(items, places.map((place) => place.split ?? "train"), shares, seed);
  const conditionSize = choice.conditions ? { conditionSize: CONDITION_SIZE } : {};
  return { source: choice.name, ...conditionSize, items, splits };
}

interface ClipFolder {
  readonly name: string;
  /** Names of files directly in it. */
  readonly files: ReadonlySet<string>;
}

function clipFolders(folder: OpenFolder, { warn }: RobotChoice): readonly ClipFolder[] {
  if (folder.paths.some((path) => /\.tfrecords?$/i.test(path))) {
    throw new Error(`Cannot read robot clips: the folder holds TFRecords. ${BAIR_HINT}`);
  }
  const tables: readonly string[] = conditionTables.map(({ file }) => file);
  const folders = new Map<string, Set<string>>();
  let others = 0;
  for (const path of folder.paths) {
    const cut = path.lastIndexOf("/");
    const [name, file] = [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)];
    if (!isPicture(file) && !tables.includes(file)) {
      others++;
    } else if (cut < 0) {
      throw new Error(
        `Cannot read robot clips: the files of a clip must lie in a folder, but "${path}" lies in none`,
      );
    } else {
      folders.set(name, (folders.get(name) ?? new Set()).add(file));
    }
  }
  if (folders.size === 0) {
    throw new Error(
      `Cannot read robot clips: the folder must hold <clip>/0.png ... with ${
        tables.join(" and ")
      }, but ` +
        `of its ${others} files none is such. ${BAIR_HINT}`,
    );
  }
  if (others > 0) {
    warn(`Left out ${others} files that are neither pictures nor ${tables.join(" or ")}`);
  }
  return [...folders]
    .sort(([a], [b]) => compareNatural(a, b))
    .map(([name, files]) => ({ name, files }));
}

async function openClip(
  folder: OpenFolder,
  clip: ClipFolder,
  choice: RobotChoice,
): Promise<OpenClip> {
  const { clipFrames, fit } = choice;
  const paths = framePaths(clip, clipFrames);
  const rows = choice.conditions ? await readConditions(folder, clip, choice) : undefined;
  return {
    length: clipFrames,
    frame: async (index) => fitRaster(await readRaster(folder, paths[index]!), fit),
    ...(rows !== undefined && {
      condition: (index: number) =>
        rows.subarray(index * CONDITION_SIZE, (index + 1) * CONDITION_SIZE),
    }),
  };
}

const isPicture = (file: string) => /\.(png|jpe?g)$/i.test(file);

/** Every frame once, and nothing else that looks like one. */
function framePaths({ name, files }: ClipFolder, count: number): readonly string[] {
  const paths: string[] = [];
  const all = `a clip has ${count} frames, 0.png to ${count - 1}.png`;
  for (const file of [...files].filter(isPicture).sort(compareNatural)) {
    const number = Number(/^(\d+)\./.exec(file)?.[1] ?? "NaN");
    if (!(number < count)) throw new Error(`"${name}/${file}" is none of its frames: ${all}`);
    if (paths[number] !== undefined) {
      throw new Error(`"${paths[number]}" and "${name}/${file}" have the same number: ${all}`);
    }
    paths[number] = `${name}/${file}`;
  }
  for (let number = 0; number < count; number++) {
    if (paths[number] === undefined) throw new Error(`"${name}/${number}.png" is missing: ${all}`);
  }
  return paths;
}

/** `[clipFrames, 7]`. */
async function readConditions(
  folder: OpenFolder,
  { name, files }: ClipFolder,
  { clipFrames, scalePositions }: RobotChoice,
): Promise<Float32Array> {
  const rows = new Float32Array(clipFrames * CONDITION_SIZE);
  let first = 0;
  for (const { file, columns } of conditionTables) {
    const path = `${name}/${file}`;
    if (!files.has(file)) {
      throw new Error(`"${path}" is missing; set conditions to false for clips without tables`);
    }
    const text = new TextDecoder().decode(await folder.read(path));
    const values = readNumberRows(text, { rows: clipFrames, columns }, path);
    const isScaled = scalePositions && file === "endeffector_positions.csv";
    values.forEach((value, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      rows[row * CONDITION_SIZE + first + column] = isScaled ? scaled(value, column) : value;
    });
    first += columns;
  }
  return rows;
}

const scaled = (position: number, axis: number) =>
  (position - positionScaling.offset[axis]!) / positionScaling.scale[axis]!;
