/** A config checked against the stages there are: typed edges, complete parameters, an order. */

import type { ArtifactKindId } from "../artifacts/artifact.ts";
import type { Json } from "../artifacts/weights.ts";
import type { PipelineConfig, StageConfig } from "./config.ts";
import type { Origin } from "./source.ts";
import type { AnyStage } from "./stage.ts";

export interface Plan {
  readonly config: PipelineConfig;
  /** Each stage after all that it needs; otherwise in the order of the config. */
  readonly stages: readonly PlannedStage[];
}

export interface PlannedStage {
  readonly name: string;
  readonly stage: AnyStage;
  readonly config: StageConfig;
  /** Complete: defaults are filled in, types are checked. */
  readonly params: Readonly<Record<string, Json>>;
  /** Connected inputs by port, in the order of the stage's ports. */
  readonly inputs: ReadonlyMap<string, Edge>;
  /** Files that parameters name; they exist. */
  readonly files: readonly FileParam[];
  /** Seed of the run, as in the key document. */
  readonly runSeed: number;
  /** Key of the stage's random numbers, from the run's seed, the stage's id and its `seed` parameter. */
  readonly seed: bigint;
}

export interface Edge {
  /** Name of the stage that makes the value. */
  readonly stage: string;
  readonly output: string;
  readonly kind: ArtifactKindId;
  readonly origin: Origin;
}

export interface FileParam {
  readonly param: string;
  readonly isList: boolean;
  readonly paths: readonly { readonly written: string; readonly absolute: string }[];
}
