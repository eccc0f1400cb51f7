/** What `doctor` says of backends that a machine may do without. */

import { createEngine } from "../engine/create_engine.ts";
import { type CudaState, findCuda } from "../engine/cuda/find_cuda.ts";
import { findAdapter, type FoundAdapter } from "../engine/webgpu/adapter.ts";

export interface BackendFinding {
  readonly what: string;
  /** "absent" is no fault: another backend does the work. */
  readonly state: "ok" | "absent" | "missing";
  readonly found: string;
  /** The one command that changes it. */
  readonly fix?: string;
}

/** How this machine is asked; tests answer for others. */
export interface BackendProbes {
  adapter(): Promise<FoundAdapter | undefined>;
  cuda(): CudaState;
  /** Loads TensorFlow. @returns Its version. @throws What keeps it from running on a GPU. */
  loadCuda(): Promise<string>;
  readonly platform: typeof Deno.build.os;
}

const probes: BackendProbes = {
  adapter: findAdapter,
  cuda: findCuda,
  async loadCuda() {
    const engine = await createEngine({ backend: "cuda", threads: 1 });
    engine.dispose();
    return engine.info.version;
  },
  platform: Deno.build.os,
};

export async function findBackends(probe: BackendProbes = probes): Promise<BackendFinding[]> {
  return [await findWebgpu(probe), await findCudaBackend(probe)];
}

async function findWebgpu({ adapter, platform }: BackendProbes): Promise<BackendFinding> {
  const what = "WebGPU";
  const found = await adapter();
  if (found === undefined) {
    const fix = platform === "linux"
      ? "apt-get install mesa-vulkan-drivers, or the driver of the GPU"
      : "install the driver of the GPU";
    return { what, state: "absent", found: "no adapter", fix };
  }
  if (!found.isSoftware) {
    return { what, state: "ok", found: `${found.name}; by --engine webgpu, not by auto` };
  }
  const why = "a program and no GPU: --engine webgpu works, slowly";
  return { what, state: "absent", found: `${found.name}; ${why}` };
}

async function findCudaBackend({ cuda, loadCuda }: BackendProbes): Promise<BackendFinding> {
  const what = "CUDA";
  const install = "deno task install:cuda";
  const state = cuda();
  switch (state) {
    case "no gpu":
      return { what, state: "absent", found: "no NVIDIA GPU is visible" };
    case "no package":
      return { what, state: "absent", found: "tfjs-node-gpu is not installed", fix: install };
    case "no library":
      return {
        what,
        state: "missing",
        found: "tfjs-node-gpu is installed without its native library, which it downloads itself",
        fix: `rm -r engine/cuda/native/node_modules && ${install}`,
      };
    case "ready":
      try {
        return { what, state: "ok", found: await loadCuda() };
      } catch (error) {
        const found = error instanceof Error ? error.message : String(error);
        const fix = "install CUDA 11.2 and cuDNN 8.1, for which TensorFlow 2.9 was built";
        return { what, state: "missing", found, fix };
      }
    default:
      return state satisfies never;
  }
}
