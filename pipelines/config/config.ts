/** A pipeline as its config declares it: parsed, composed and interpolated, not yet checked against stages. */

import type { Json } from "../../artifacts/weights.ts";
import type { MapNode } from "./config_node.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { RetryPolicy } from "../run/retry.ts";
import type { Origin } from "./source.ts";

export interface Located<Value> {
  readonly value: Value;
  readonly origin: Origin;
}

/** What a stage needs from the machine; absent fields mean "do not care". */
export interface Resources {
  /** Processor cores, >= 1. */
  readonly cpus?: number;
  /** Accelerators, >= 0. */
  readonly gpu?: number;
  readonly memoryMiB?: number;
}

export interface InputConfig {
  /** "stage.output". */
  readonly from: string;
  readonly origin: Origin;
  readonly portOrigin: Origin;
}

export interface StageConfig {
  /** `[a-z0-9][a-z0-9_-]{0,63}`, of a sweep `name@variable=value`; for people, never in a cache key. */
  readonly name: string;
  readonly nameOrigin: Origin;
  readonly uses: Located<string>;
  /** Parameters as written; the stage's schema completes them in planPipeline. */
  readonly with: MapNode;
  /** By input port. */
  readonly inputs: ReadonlyMap<string, InputConfig>;
  readonly resources: Resources;
  /** When to try again; never unless asked for. */
  readonly retry: RetryPolicy;
  readonly timeoutSeconds?: number;
  /** Takes the place of the run's seed. */
  readonly seed?: Located<number>;
  /** Values of the sweep's variables that make a difference to it. */
  readonly point?: Readonly<Record<string, Json>>;
}

export interface PipelineConfig {
  /** As the user named it. */
  readonly file: string;
  /** Absolute folder of the config: files that parameters name are relative to it. */
  readonly folder: string;
  /** Absolute folder that no path of the config may leave. */
  readonly projectFolder: string;
  /** What all else was read from: composed, interpolated and expanded. */
  readonly tree: MapNode;
  readonly name: string;
  /** Of the whole run: integer, 0 <= seed <= 2^53 - 1. */
  readonly seed: number;
  /** Where the seed is written; undefined when it is the default 0. */
  readonly seedOrigin?: Origin;
  /** In file order. */
  readonly stages: ReadonlyMap<string, StageConfig>;
  readonly profiles: readonly string[];
  /** Environment variables whose values must not be seen. */
  readonly secrets: readonly string[];
  /** What a person should know although the config is valid. */
  readonly warnings: readonly Diagnostic[];
}
