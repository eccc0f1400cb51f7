/** What every verb of the command line is given, and the options that several of them share. */

import type { StageTable } from "../pipelines/stage.ts";
import type { Terminal } from "./terminal.ts";

/** The world a verb runs in; tests give another one. */
export interface Host {
  readonly terminal: Terminal;
  /** Absolute folder that commands are given in; the project, unless a config lies outside it. */
  readonly folder: string;
  /** The stages there are. Called only by verbs that need them: loading takes a while. */
  readonly loadStages: (uses?: Iterable<string>) => Promise<StageTable>;
}

/** Which config, and what is changed in it. */
export interface ConfigArguments {
  readonly config: string;
  /** `a.b.c=value`, in order. */
  readonly set: readonly string[];
  /** Names of profiles, in order. */
  readonly profile: readonly string[];
  /** `variable=value`: the part of a sweep that is wanted. */
  readonly point?: readonly string[];
}

export interface StoreArguments {
  /** Folder of the store, relative to the host's folder; `.zoetrope` unless given. */
  readonly store: string;
}

export interface EngineArguments {
  readonly engine: "auto" | "onnx" | "webgpu" | "cuda" | "cpu";
  /** Threads inside one operator; 0 means all cores. */
  readonly threads: number;
}

export interface JsonArguments {
  /** One JSON document on stdout; everything else goes to stderr. */
  readonly json: boolean;
}
