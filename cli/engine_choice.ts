/** Which engine stages use, and what cache keys say about it, without loading the engine. */

import manifest from "../deno.json" with { type: "json" };
import type { EngineFacts } from "../pipelines/fingerprint.ts";
import type { EngineChoice } from "../pipelines/stage.ts";
import type { EngineArguments } from "./verb.ts";

export interface ResolvedEngine {
  /** For the stages: never "auto", since the key names one backend. */
  readonly choice: EngineChoice & { readonly backend: "onnx" | "cpu" };
  /** For the keys. */
  readonly facts: EngineFacts;
}

/** "auto" is ONNX Runtime, whose library comes with its npm package; `doctor` tells when it is missing. */
export function chooseEngine({ engine, threads }: EngineArguments): ResolvedEngine {
  const backend = engine === "auto" ? "onnx" : engine;
  const version = backend === "onnx"
    ? `onnxruntime ${pinnedVersion("onnxruntime-node")}`
    : `tfjs-backend-cpu ${pinnedVersion("@tensorflow/tfjs-backend-cpu")}`;
  return { choice: { backend, threads }, facts: { backend, version } };
}

/** The exact version that `deno.json` pins a package to. */
function pinnedVersion(name: keyof typeof manifest.imports): string {
  const pin = manifest.imports[name];
  return pin.slice(pin.lastIndexOf("@") + 1);
}
