/** Fréchet distances of sets of clips: of their frames, and of whole clips. */

import type { Score } from "../../artifacts/scores.ts";
import type { Features } from "../../metrics/features.ts";
import { fidInfo, frechetDistanceTo } from "../../metrics/frechet_distance.ts";
import { everyOtherClip } from "./feature_scores.ts";

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
}

/**
 * Each row against the real clips, and real clips of even against those of odd number.
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
  { label, frames }: ClipDistanceOptions,
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
      "the diagonal; real vs real: clips of even against odd number, so biased upwards",
    of,
  });
  const [even, odd] = [0, 1].map((parity) => everyOtherClip(reference, rowsPerClip, parity));
  return [
    ...rows.map(({ of, [part]: own }) => score(of, distance(own).value, own.count)),
    ...(Math.min(even!.count, odd!.count) < 2
      ? []
      : [score("real vs real", frechetDistanceTo(odd!)(even!).value, even!.count)]),
  ];
}
