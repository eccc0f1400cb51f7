/** What a worker is told: one stage, once, with the content it works on. */

import { z } from "zod";
import type { Json } from "../../artifacts/weights.ts";
import { artifactSchema } from "../store/action_record.ts";
import type { PreviewMessage } from "./preview.ts";
import type { EngineChoice } from "../stage.ts";
import type { StoredArtifact } from "../store/store.ts";

/** JSON, so that a worker on another machine can be told the same. */
export interface Job {
  readonly format: 1;
  /** Name in the pipeline; for people. */
  readonly stage: string;
  readonly uses: string;
  readonly key: string;
  /** Kept with the result. */
  readonly document: Json;
  readonly params: Readonly<Record<string, Json>>;
  /** Connected inputs by port. */
  readonly inputs: Readonly<Record<string, StoredArtifact>>;
  /** 64 bits, decimal. */
  readonly seed: string;
  readonly engine: { readonly backend: EngineChoice["backend"]; readonly threads: number };
  /** Folder of the store. */
  readonly store: string;
  /** Real path of the folder that no file of `files` may lead out of. */
  readonly projectFolder: string;
  /** Files and folders that parameters name: all that the stage may open. */
  readonly files: readonly {
    /** As the parameter has it. */
    readonly written: string;
    /** Real path. */
    readonly absolute: string;
  }[];
  /** Versions and machine, as the result is to record them. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** What a worker says while it works. */
export type WorkerEvent =
  | { readonly kind: "resumed"; readonly step: number }
  | {
    readonly kind: "progress";
    readonly progress: {
      readonly step: number;
      readonly of: number;
      readonly values?: Readonly<Record<string, number>>;
      readonly message?: string;
    };
  }
  | { readonly kind: "preview"; readonly preview: PreviewMessage }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "log"; readonly text: string };

/** How a job ended. */
export type JobOutcome =
  /** The action is in the store. */
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string }
  /** Stopped because it was asked to; its checkpoint is kept. */
  | { readonly kind: "interrupted" }
  /** The process ended without a word: killed, or crashed in native code. */
  | { readonly kind: "lost"; readonly cause: "lost" | "memory"; readonly message: string };

/** Reads a job file. @throws {Error} When it is not one. */
export function parseJob(text: string): Job {
  return jobSchema.parse(JSON.parse(text));
}

const jobSchema = z.strictObject({
  format: z.literal(1),
  stage: z.string(),
  uses: z.string(),
  key: z.string(),
  document: z.json(),
  params: z.record(z.string(), z.json()),
  inputs: z.record(z.string(), artifactSchema),
  seed: z.string().regex(/^\d+$/),
  engine: z.strictObject({
    backend: z.enum(["onnx", "webgpu", "cuda", "cpu", "auto"]),
    threads: z.int().nonnegative(),
  }),
  store: z.string(),
  projectFolder: z.string(),
  files: z.array(z.strictObject({ written: z.string(), absolute: z.string() })),
  provenance: z.record(z.string(), z.string()),
});
