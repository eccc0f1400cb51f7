/** Fréchet distances of sets of clips: of their frames, and of whole clips. */

import type { Score } from "../../artifacts/scores.ts";
import { drawRows, type Features, takeRows } from "../../metrics/features.ts";
import { fidInfo, frechetDistanceTo } from "../../metrics/frechet_distance.ts";

/** A set of clips as features. */
export interface ClipRow {
  readonly of: string;
  /** One row for each clip. */
  readonly clips: Features;
  /** One row for each frame, those of a clip adjacent. */
  readonly frames: Features;
}

export interface ClipDistanceOptions {
  /** Name and digest of the extractor. */
  readonly label: string;
  /** Frames of a clip. */
  readonly frames: number;
  readonly seed: bigint;
}

/**
 * Each row against the real clips, and a random half of the real clips against the other one.
 * @param rows The samples, then the real clips, then any others.
 */
export function clipDistances(
  rows: readonly ClipRow[],
  options: ClipDistanceOptions,
): readonly Score[] {
  const [samples, real, ...others] = rows;
  if (!samples || !real) return [];
  return (["frames", "clips"] as const).flatMap((part) =>
    distancesOf(part, real, [samples, ...others], options)
  );
}

function distancesOf(
  part: "frames" | "clips",
  real: ClipRow,
  rows: readonly ClipRow[],
  { label, frames, seed }: ClipDistanceOptions,
): readonly Score[] {
  const reference = real[part];
  const rowsPerClip = part === "frames" ? frames : 1;
  const distance = frechetDistanceTo(reference);
  const score = (of: string, value: number, count: number): Score => ({
    metric: `fid[${label} ${part}]`,
    unit: fidInfo.unit,
    better: fidInfo.better,
    value,
    count,
    protocol:
      `Fréchet distance of ${reference.dimensions} features of ${part} by a classifier trained on such ` +
      `clips, against ${reference.count} real ${part}; covariances with divisor N - 1, nothing added to ` +
      "the diagonal; real vs real: a random half of the clips against the others, so biased upwards",
    of,
  });
  const [half, others] = halves(reference, rowsPerClip, seed);
  return [
    ...rows.map(({ of, [part]: own }) => score(of, distance(own).value, own.count)),
    ...(Math.min(half.count, others.count) < 2
      ? []
      : [score("real vs real", frechetDistanceTo(others)(half).value, half.count)]),
  ];
}

/** Not clips of even and of odd number: in sets whose categories take turns, those are the categories. */
function halves(features: Features, rowsPerClip: number, seed: bigint): [Features, Features] {
  const count = features.count / rowsPerClip;
  const chosen = new Set(drawRows(count, Math.floor(count / 2), { seed, draw: 0 }));
  const rows = Array.from({ length: features.count }, (_, row) => row);
  const isChosen = (row: number) => chosen.has(Math.floor(row / rowsPerClip));
  return [
    takeRows(features, rows.filter(isChosen)),
    takeRows(features, rows.filter((row) => !isChosen(row))),
  ];
}
