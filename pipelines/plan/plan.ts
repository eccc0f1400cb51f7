/** A config checked against the stages there are: typed edges, complete parameters, an order. */

import type { ArtifactKindId } from "../../artifacts/artifact.ts";
import type { Json } from "../../artifacts/weights.ts";
import { checkParams } from "./check_params.ts";
import type { PipelineConfig, StageConfig } from "../config/config.ts";
import { Diagnostics } from "../config/diagnostic.ts";
import { didYouMean } from "../config/did_you_mean.ts";
import { resolveFiles } from "./file_params.ts";
import { splitReference } from "../sweep/point_name.ts";
import { orderStages } from "./order_stages.ts";
import type { Origin } from "../config/source.ts";
import type { AnyStage, StageTable } from "../stage.ts";
import { stageSeed } from "./stage_seed.ts";
import { wireInputs } from "./wire_inputs.ts";

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
  /** Files and folders that parameters name; they exist. */
  readonly files: readonly FileParam[];
  /** Seed of the run, or the one that the stage has in its place, as in the key document. */
  readonly runSeed: number;
  /** Where it is written; undefined for the default. */
  readonly runSeedOrigin?: Origin;
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
  readonly kind: "file" | "folder";
  readonly isList: boolean;
  readonly paths: readonly { readonly written: string; readonly absolute: string }[];
  /** Real path of the folder that all of them are in. */
  readonly projectFolder: string;
}

/**
 * Checks a config against the stages there are. Nothing is executed and nothing is hashed; time is
 * linear in stages and edges.
 *
 * @throws {ConfigError} With all that is wrong: unknown stages, parameters, ports and outputs, kinds
 * that do not fit, inputs that are missing, circles, files that do not exist.
 */
export async function planPipeline(config: PipelineConfig, table: StageTable): Promise<Plan> {
  const diagnostics = new Diagnostics();
  const stages = resolveUses(config, table, diagnostics);
  const planned = new Map<string, PlannedStage>();
  for (const own of config.stages.values()) {
    const stage = stages.get(own.name);
    if (stage === undefined) continue;
    const inputs = wireInputs(own, stage, { config, stages, diagnostics });
    const params = checkParams(own, stage, diagnostics);
    if (params === undefined) continue;
    const runSeed = own.seed?.value ?? config.seed;
    const runSeedOrigin = own.seed?.origin ?? config.seedOrigin;
    planned.set(own.name, {
      name: own.name,
      stage,
      config: own,
      params,
      inputs,
      files: stage.files === undefined && stage.folders === undefined
        ? []
        : await resolveFiles(own, stage, params, { ...config, diagnostics }),
      runSeed,
      ...(runSeedOrigin === undefined ? {} : { runSeedOrigin }),
      seed: stageSeed(runSeed, stage.id, params["seed"]),
    });
  }
  const order = orderOf(config, diagnostics);
  diagnostics.throwIfAny();
  return { config, stages: order.flatMap((name) => planned.get(name) ?? []) };
}

function resolveUses(
  config: PipelineConfig,
  table: StageTable,
  diagnostics: Diagnostics,
): ReadonlyMap<string, AnyStage> {
  const stages = new Map<string, AnyStage>();
  for (const { name, uses } of config.stages.values()) {
    const stage = Object.hasOwn(table, uses.value) ? table[uses.value] : undefined;
    if (stage !== undefined) {
      stages.set(name, stage);
    } else {
      const message = `Cannot plan stage "${name}": there is no stage "${uses.value}" to use`;
      diagnostics.add(uses.origin, message, () => didYouMean(uses.value, Object.keys(table)));
    }
  }
  return stages;
}

/** By the texts of the inputs, so that a circle is found even where an edge is wrong in other ways. */
function orderOf(config: PipelineConfig, diagnostics: Diagnostics): readonly string[] {
  const needs = (name: string) => {
    const inputs = [...config.stages.get(name)?.inputs.values() ?? []];
    const names = new Set(inputs.map(({ from }) => splitReference(from)[0] ?? ""));
    return [...names].filter((need) => config.stages.has(need));
  };
  const { order, cycles } = orderStages(config.stages.keys(), needs);
  for (const cycle of cycles) {
    const [first = "", second = first] = cycle;
    const inputs = [...config.stages.get(first)?.inputs.values() ?? []];
    const edge = inputs.find(({ from }) => splitReference(from)[0] === second);
    const loop = cycle.length > 12
      ? [...cycle.slice(0, 10), `(${cycle.length - 10} more)`, first]
      : [...cycle, first];
    const message = `Stages need each other in a circle: ${loop.join(" -> ")}`;
    if (edge !== undefined) diagnostics.add(edge.origin, message);
  }
  return order;
}
