/** Folders whose pictures are the numbered frames of a video. */

import { compareNatural } from "./natural_order.ts";

export interface NumberedFrames {
  /** The folder, relative to the opened one. */
  readonly name: string;
  /** Paths in the order of their numbers, without a gap. */
  readonly frames: readonly string[];
  /** Number of the first frame. */
  readonly first: number;
}

/**
 * Videos in natural order of their folders. A frame's number is what its name ends in: 0.png, 1.png or
 * frame_0001.jpg; so 10.png comes after 9.png.
 * @param paths Paths of pictures.
 * @throws {Error} Naming a picture without a number or a folder, a number that comes twice, or is missing.
 */
export function groupNumberedFrames(paths: readonly string[]): readonly NumberedFrames[] {
  const folders = new Map<string, Map<number, string>>();
  for (const path of paths) {
    const { folder, number } = placeOfFrame(path);
    const frames = folders.get(folder) ?? new Map<number, string>();
    folders.set(folder, frames);
    const other = frames.get(number);
    if (other !== undefined) {
      throw new Error(`Cannot order frames: "${other}" and "${path}" have the same number`);
    }
    frames.set(number, path);
  }
  return [...folders]
    .sort(([a], [b]) => compareNatural(a, b))
    .map(([name, frames]) => withoutGap(name, frames));
}

function placeOfFrame(path: string) {
  const parts = /^(?:(.*)\/)?[^/]*?(\d+)\.[^./]+$/.exec(path);
  if (parts === null) {
    throw new Error(
      `Cannot order frames: their names must end in a number, as 0.png, but "${path}" does not`,
    );
  }
  const [, folder, digits = ""] = parts;
  if (folder === undefined) {
    throw new Error(
      `Cannot read frames: those of a video must lie in a folder, but "${path}" lies in none`,
    );
  }
  return { folder, number: Number(digits) };
}

function withoutGap(name: string, frames: ReadonlyMap<number, string>): NumberedFrames {
  const numbers = [...frames.keys()].sort((a, b) => a - b);
  const first = numbers[0] ?? 0;
  const gap = numbers.findIndex((number, i) => number !== first + i);
  if (gap > 0) {
    throw new Error(
      `Cannot read the frames in "${name}": frame ${first + gap} is missing between ` +
        `"${frames.get(numbers[gap - 1]!)}" and "${frames.get(numbers[gap]!)}"`,
    );
  }
  return { name, frames: numbers.map((number) => frames.get(number)!), first };
}
