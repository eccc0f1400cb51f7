/** How far this machine is from running on CUDA, by looking at files only. */

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The first thing that is missing, or "ready". */
export type CudaState = "no gpu" | "no package" | "no library" | "ready";

/** What is looked at; tests look elsewhere. */
export interface CudaPlaces {
  /** Where NVIDIA's driver puts its library: Deno lets nobody but `--allow-all` look at devices. */
  readonly drivers: readonly string[];
  /** Folder with the `deno.json` of packages that an ordinary install leaves out. */
  readonly folder: string;
}

export const cudaPlaces: CudaPlaces = {
  drivers: [
    "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
    "/usr/lib64/libcuda.so.1",
    "/usr/lib/libcuda.so.1",
    "/usr/lib/wsl/lib/libcuda.so.1",
  ],
  folder: fileURLToPath(new URL("./native", import.meta.url)),
};

export const CUDA_PACKAGE = "@tensorflow/tfjs-node-gpu";

/** TensorFlow has CUDA on Linux and Windows only; on Windows nothing tells of a GPU before it is tried. */
export function findCuda(
  { drivers, folder }: CudaPlaces = cudaPlaces,
  platform: typeof Deno.build.os = Deno.build.os,
): CudaState {
  const mayHaveGpu = platform === "linux"
    ? drivers.some((path) => existsSync(path))
    : platform === "windows";
  if (!mayHaveGpu) return "no gpu";
  return findPackage(folder);
}

/** The same without the GPU. */
export function findPackage(folder: string): Exclude<CudaState, "no gpu"> {
  const root = `${folder}/node_modules/${CUDA_PACKAGE}`;
  if (!existsSync(`${root}/package.json`)) return "no package";
  const builds = existsSync(`${root}/lib`) ? readdirSync(`${root}/lib`) : [];
  const isBuilt = builds.some((build) => existsSync(`${root}/lib/${build}/tfjs_binding.node`));
  return isBuilt ? "ready" : "no library";
}
