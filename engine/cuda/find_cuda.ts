/** How far this machine is from running on CUDA, by looking at files only. */

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The first thing that is missing, or "ready". */
export type CudaState = "no gpu" | "no package" | "no library" | "ready";

/** What is looked at; tests look elsewhere. */
export interface CudaPlaces {
  /** Device file of the first NVIDIA GPU. */
  readonly device: string;
  /** Folder with the `deno.json` of packages that an ordinary install leaves out. */
  readonly folder: string;
}

export const cudaPlaces: CudaPlaces = {
  device: "/dev/nvidia0",
  folder: fileURLToPath(new URL("./native", import.meta.url)),
};

export const CUDA_PACKAGE = "@tensorflow/tfjs-node-gpu";

/** TensorFlow has CUDA on Linux and Windows only; on Windows nothing tells of a GPU before it is tried. */
export function findCuda(
  { device, folder }: CudaPlaces = cudaPlaces,
  platform: typeof Deno.build.os = Deno.build.os,
): CudaState {
  if (platform === "linux" ? !existsSync(device) : platform !== "windows") return "no gpu";
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
