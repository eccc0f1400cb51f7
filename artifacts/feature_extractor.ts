/** A frozen network whose features a Fréchet distance compares. */

import type { Json, NamedArrays } from "./weights.ts";

export interface FeatureExtractor {
  /** Short name used in labels: `digits` in `fid[digits 3f2a1c]`. */
  readonly name: string;
  /** Id of the network in `models/`. */
  readonly model: string;
  readonly config: Json;
  /** Number of features per image. */
  readonly dimensions: number;
  readonly parameters: NamedArrays;
  /** Facts for the record, such as test accuracy. */
  readonly facts: Readonly<Record<string, number>>;
}
