/** Which engine stages use, and what cache keys say about it, without loading the engine. */

import manifest from "../deno.json" with { type: "json" };
import { findCuda } from "../engine/cuda/find_cuda.ts";
import { findAdapter, type FoundAdapter } from "../engine/webgpu/adapter.ts";
import type { EngineFacts } from "../pipelines/key/fingerprint.ts";
import type { EngineChoice } from "../pipelines/stage.ts";
import type { EngineArguments } from "./verb.ts";

type Backend = Exclude<EngineChoice["backend"], "auto">;

export interface ResolvedEngine {
  /** For the stages: never "auto", since the key names one backend. */
  readonly choice: EngineChoice & { readonly backend: Backend };
  /** For the keys. */
  readonly facts: EngineFacts;
}

/** What a machine has; tests have others. */
export interface EngineFinder {
  hasCuda(): boolean;
  adapter(): Promise<FoundAdapter | undefined>;
}

const thisMachine: EngineFinder = {
  hasCuda: () => findCuda() === "ready" && Deno.build.os === "linux",
  adapter: findAdapter,
};

/**
 * "auto" is "cuda" where somebody installed its package and a GPU is there, else "onnx", whose library comes
 * with its npm package; `doctor` tells when it is missing. Never "webgpu": it has run on no GPU yet, and what
 * a first command takes by itself must be proven.
 */
export async function chooseEngine(
  { engine, threads }: EngineArguments,
  finder: EngineFinder = thisMachine,
): Promise<ResolvedEngine> {
  const best = () => finder.hasCuda() ? "cuda" : "onnx";
  const backend = engine === "auto" ? best() : engine;
  return {
    choice: { backend, threads },
    facts: { backend, version: await versionOf(backend, finder) },
  };
}

async function versionOf(backend: Backend, finder: EngineFinder): Promise<string> {
  switch (backend) {
    case "onnx":
      return `onnxruntime ${pinnedVersion("onnxruntime-node")}`;
    case "cpu":
      return `tfjs-backend-cpu ${pinnedVersion("@tensorflow/tfjs-backend-cpu")}`;
    case "cuda":
      // The package comes in the version of tfjs.
      return `tfjs-node-gpu ${pinnedVersion("@tensorflow/tfjs")}`;
    case "webgpu": {
      // Other GPUs round otherwise.
      const name = (await finder.adapter())?.name ?? "no adapter";
      return `tfjs-backend-webgpu ${pinnedVersion("@tensorflow/tfjs-backend-webgpu")} on ${name}`;
    }
    default:
      return backend satisfies never;
  }
}

/** The exact version that `deno.json` pins a package to. */
function pinnedVersion(name: keyof typeof manifest.imports): string {
  const pin = manifest.imports[name];
  return pin.slice(pin.lastIndexOf("@") + 1);
}
