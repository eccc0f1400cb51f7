/** Values over steps or frames, ready to draw. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readMetadata } from "./metadata_file.ts";
import { stableJson } from "./stable_json.ts";

export interface Series {
  readonly name: string;
  /** Points `[x, y]`, x ascending; y is finite. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** `[low, high]` of a 95 % interval at each point, when known. */
  readonly band?: readonly (readonly [low: number, high: number])[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  /** With unit: "PSNR (dB)". */
  readonly yLabel: string;
  readonly logY?: boolean;
  readonly series: readonly Series[];
}

export interface Curves {
  readonly charts: readonly Chart[];
}

/** `curves.json`. */
export const curvesKind: ArtifactKind<Curves> = {
  id: "curves",
  version: 1,
  summary: "Values over steps or frames, ready to draw",
  encode: (curves) => new Map([["curves.json", stableJson(curves)]]),
  decode: (files) => readMetadata(files, "curves.json", curvesSchema),
};

const pair = z.tuple([z.number(), z.number()]);

const curvesSchema = z.strictObject({
  charts: z.array(z.strictObject({
    title: z.string(),
    xLabel: z.string(),
    yLabel: z.string(),
    logY: z.boolean().exactOptional(),
    series: z.array(z.strictObject({
      name: z.string(),
      points: z.array(pair),
      band: z.array(pair).exactOptional(),
    })),
  })),
});
