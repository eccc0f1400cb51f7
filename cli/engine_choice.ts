/** Which engine stages use, and what cache keys say about it, without loading the engine. */

import { existsSync, readdirSync } from "node:fs";
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
  /** Whether asking for a GPU can lead to one: asking takes a quarter of a second. */
  mayHaveGpu(): boolean;
  adapter(): Promise<FoundAdapter | undefined>;
}

/** Where Linux keeps the manifests of Vulkan drivers; devices themselves Deno lets nobody look at. */
const VULKAN_FOLDERS = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];
/** Mesa's driver without a GPU. */
const SOFTWARE_DRIVER = /^lvp_/;

const thisMachine: EngineFinder = {
  hasCuda: () => findCuda() === "ready" && Deno.build.os === "linux",
  mayHaveGpu: () => Deno.build.os !== "linux" || VULKAN_FOLDERS.some(hasGpuDriver),
  adapter: findAdapter,
};

function hasGpuDriver(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => !SOFTWARE_DRIVER.test(name));
}

/**
 * "auto" is "cuda" where its package and a GPU are there, else "webgpu" on a GPU that is no program, else
 * "onnx", whose library comes with its npm package; `doctor` tells when it is missing.
 */
export async function chooseEngine(
  { engine, threads }: EngineArguments,
  finder: EngineFinder = thisMachine,
): Promise<ResolvedEngine> {
  const backend = engine === "auto" ? await bestBackend(finder) : engine;
  return {
    choice: { backend, threads },
    facts: { backend, version: await versionOf(backend, finder) },
  };
}

async function bestBackend(finder: EngineFinder): Promise<Backend> {
  if (finder.hasCuda()) return "cuda";
  if (!finder.mayHaveGpu()) return "onnx";
  const adapter = await finder.adapter();
  return adapter && !adapter.isSoftware ? "webgpu" : "onnx";
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
