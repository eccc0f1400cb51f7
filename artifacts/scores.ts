/** Numbers that may be published. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readMetadata } from "./metadata_file.ts";
import { stableJson } from "./stable_json.ts";

export interface Score {
  /** Id that a user types: `psnr`, `fid`; a parametrised one names its parameter: `fid[digits 3f2a1c]`. */
  readonly metric: string;
  readonly value: number;
  /** "dB", "1" for a pure number, "squared intensity". */
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** How many independent items the value is a mean over (or the distance is estimated from). */
  readonly count: number;
  /** What exactly was computed, in one line: window, range, averaging, frames, divisor. */
  readonly protocol: string;
  /** What was scored: "samples", "next-frame predictor", "copy last frame", "real vs real". */
  readonly of: string;
  /** Half width of a 95 % interval over clips, when one can be given. */
  readonly interval?: number;
}

export interface Scores {
  readonly scores: readonly Score[];
}

/** `scores.json`. */
export const scoresKind: ArtifactKind<Scores> = {
  id: "scores",
  version: 1,
  summary: "Numbers with unit, direction, sample count and protocol",
  encode: (scores) => new Map([["scores.json", stableJson(scores)]]),
  decode: (files) => readMetadata(files, "scores.json", scoresSchema),
};

const scoresSchema = z.strictObject({
  scores: z.array(z.strictObject({
    metric: z.string(),
    value: z.number(),
    unit: z.string(),
    better: z.enum(["higher", "lower"]),
    count: z.int().nonnegative(),
    protocol: z.string(),
    of: z.string(),
    interval: z.number().exactOptional(),
  })),
});

/** What was scored, in order of appearance, variants of one thing ("samples", "samples, best of 2") together. */
export function scoredThings(scores: readonly Score[]): readonly string[] {
  const groups = Map.groupBy(new Set(scores.map(({ of }) => of)), (of) => of.split(",")[0]);
  return [...groups.values()].flat();
}
