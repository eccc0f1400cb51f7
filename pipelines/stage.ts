/**
 * The contract of a stage: a pure function from typed artifacts and parameters to typed artifacts.
 */

import type { z } from "zod";
import type { ArtifactKindId, ArtifactKinds } from "../artifacts/artifact.ts";
import type { MediaItem } from "../artifacts/media.ts";

/** Ports by name; a trailing `?` marks an input that may stay unconnected. */
export type InputPorts = Readonly<Record<string, ArtifactKindId | `${ArtifactKindId}?`>>;
export type OutputPorts = Readonly<Record<string, ArtifactKindId>>;

/** Loads an input's value; every byte is verified against its digest on the way. */
export interface InputArtifact<Value> {
  /** sha256 of the artifact's content, hex. */
  readonly digest: string;
  load(): Promise<Value>;
}

/** What `run` receives for each input port: `undefined` where an optional port is not connected. */
export type Inputs<Ports extends InputPorts> = {
  readonly [Name in keyof Ports]: Ports[Name] extends `${infer Kind extends ArtifactKindId}?`
    ? InputArtifact<ArtifactKinds[Kind]> | undefined
    : Ports[Name] extends ArtifactKindId ? InputArtifact<ArtifactKinds[Ports[Name]]>
    : never;
};

/** What `run` must return. */
export type Outputs<Ports extends OutputPorts> = {
  readonly [Name in keyof Ports]: ArtifactKinds[Ports[Name]];
};

/** Progress of a running stage; all fields are for people. */
export interface Progress {
  readonly step: number;
  readonly of: number;
  /** Named values of this step: `{ loss: 0.031 }`. */
  readonly values?: Readonly<Record<string, number>>;
  readonly message?: string;
}

/** State of an unfinished stage, as named files. */
export interface Checkpoint {
  readonly step: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Where a stage keeps its last checkpoints; the slot belongs to the stage's cache key. */
export interface CheckpointSlot {
  /** The newest checkpoint that is whole; damaged ones are passed over. */
  load(): Promise<Checkpoint | undefined>;
  /** Adds a checkpoint; a crash at any moment leaves the ones before as they were. */
  save(checkpoint: Checkpoint): Promise<void>;
}

/** Which engine a stage should create, and with how many threads. */
export interface EngineChoice {
  readonly backend: "onnx" | "webgpu" | "cuda" | "cpu" | "auto";
  readonly threads: number;
}

export interface StageContext<Params, In extends InputPorts> {
  /** Complete: defaults are already filled in. */
  readonly params: Params;
  readonly inputs: Inputs<In>;
  /** 64 bits derived from (run seed, stage seed parameter): key of all random numbers of the stage. */
  readonly seed: bigint;
  readonly engine: EngineChoice;
  readonly progress: (progress: Progress) => void;
  /** Says what a person should know although nothing failed. */
  readonly warn: (message: string) => void;
  /**
   * Shows a picture of unfinished work to whoever waits: live, in the run's folder and in its report. An
   * item of the same name replaces the last one. No result may depend on it, so the parameters that say
   * how often and how much belong in `ignored`.
   */
  readonly preview: (item: MediaItem) => void;
  readonly checkpoint: CheckpointSlot;
  /** Aborted when the run is to stop: save a checkpoint and throw the signal's reason. */
  readonly signal: AbortSignal;
  /** Opens a file that a parameter names, resolved against the config's folder and confined to the project. */
  readonly openFile: (path: string) => Promise<Uint8Array>;
  /** Opens a folder that a parameter names, by the same rules. */
  readonly openFolder: (path: string) => Promise<OpenFolder>;
}

/** The files below a folder. */
export interface OpenFolder {
  /** Relative to the folder, with "/" between their parts, in code-unit order; no hidden files. */
  readonly paths: readonly string[];
  /** @throws {Error} When the path is not one of `paths`. */
  read(path: string): Promise<Uint8Array>;
  /** Size in bytes, without reading the file. @throws {Error} When the path is not one of `paths`. */
  size(path: string): Promise<number>;
}

/** Permissions a stage's process needs beyond reading the project and writing the store. */
export interface StagePermissions {
  /** Runs tensor programs: native code through FFI. */
  readonly engine?: boolean;
  /** Hosts it may download from. */
  readonly net?: readonly string[];
  /** Environment variables it may read, such as a token for a download, if the config names them as secrets. */
  readonly env?: readonly string[];
}

/** Some of the params; of a param that is a map, some of its fields. */
export type LegacyDefaults<Params> = {
  readonly [Name in keyof Params]?: Params[Name] extends readonly unknown[] ? Params[Name]
    : Params[Name] extends object ? LegacyDefaults<Params[Name]>
    : Params[Name];
};

export interface Stage<
  Schema extends z.ZodObject,
  In extends InputPorts,
  Out extends OutputPorts,
> {
  /** Equals the file's path under `stages/` and the config's `uses:`. */
  readonly id: string;
  /** In the cache key: raise when equal inputs may give other outputs. */
  readonly version: number;
  readonly summary: string;
  /** A `z.strictObject`; every field has a default or is required, and a `.describe()`. */
  readonly params: Schema;
  /** Params that name files: their content digest is in the cache key. */
  readonly files?: readonly (keyof z.output<Schema> & string)[];
  /** Params that name folders: the digest of all paths and bytes in them is in the cache key. */
  readonly folders?: readonly (keyof z.output<Schema> & string)[];
  /** Params that do not affect the result (checkpoint interval, log interval): not in the cache key. */
  readonly ignored?: readonly (keyof z.output<Schema> & string)[];
  /**
   * Params that were added later: the value with which the stage does what it did before they were there.
   * A param with this value is left out of the cache key, so that older results stay valid.
   */
  readonly legacyDefaults?: LegacyDefaults<z.output<Schema>>;
  readonly inputs: In;
  readonly outputs: Out;
  readonly permissions?: StagePermissions;
  run(context: StageContext<z.output<Schema>, In>): Promise<Outputs<Out>>;
}

/** Infers the types of a stage from its schema and ports. */
export function defineStage<
  Schema extends z.ZodObject,
  const In extends InputPorts,
  const Out extends OutputPorts,
>(stage: Stage<Schema, In, Out>): Stage<Schema, In, Out> {
  return stage;
}

/** A stage as the planner sees it. */
export type AnyStage = Stage<z.ZodObject, InputPorts, OutputPorts>;

/** The closed registry: `uses:` resolves here and nowhere else. */
export type StageTable = Readonly<Record<string, AnyStage>>;
