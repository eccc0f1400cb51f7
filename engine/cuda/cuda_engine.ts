/** The engine of NVIDIA GPUs: TensorFlow, through a package that an ordinary install leaves out. */

import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import { composeKernels } from "../composed/compose_kernels.ts";
import { EagerEngine } from "../eager_engine.ts";
import type { Engine, EngineInfo } from "../engine.ts";
import { loadOnnx } from "../onnx/load_onnx.ts";
import { registerGradients } from "../register_gradients.ts";
import { CUDA_PACKAGE, cudaPlaces, findPackage } from "./find_cuda.ts";
import { compositions } from "./compositions.ts";
import { restoreUtil } from "./restore_util.ts";

/** The name that the package gives its backend. */
const BACKEND = "tensorflow";

export interface CudaOptions {
  /** For model files, which ONNX Runtime runs; 0 means all cores. */
  readonly threads: number;
  /** Whether TensorFlow may run on the CPU, where it sees no GPU: for tests of everything else. */
  readonly isCpuEnough?: boolean;
}

/**
 * Makes TensorFlow's backend the global one.
 *
 * Equal inputs need not give equal bits: cuDNN picks algorithms by their speed, and some of them add up in
 * the order in which threads arrive.
 * @throws {Error} When the package or its library is missing, does not load, or sees no GPU.
 */
export async function createCudaEngine(
  { threads, isCpuEnough = false }: CudaOptions,
): Promise<Engine> {
  const versions = loadPackage();
  // The package brings tfjs along, which registers its own gradients over ours.
  registerGradients();
  composeKernels(BACKEND, compositions);
  await tf.setBackend(BACKEND);
  await tf.ready();
  // What the package says of itself, beyond tfjs's types.
  const backend = tf.backend() as tf.KernelBackend & { readonly isUsingGpuDevice?: boolean };
  const isGpu = backend.isUsingGpuDevice === true;
  if (!isGpu && !isCpuEnough) {
    throw new Error(
      'Cannot create a "cuda" engine: TensorFlow loads but sees no GPU; it requires the NVIDIA driver and the ' +
        "CUDA and cuDNN libraries that it was built for",
    );
  }
  const info: EngineInfo = {
    backend: "cuda",
    version: `tfjs-node-gpu ${versions["tfjs-node"]}${isGpu ? "" : " without a GPU"}`,
    threads: threads > 0 ? threads : navigator.hardwareConcurrency,
    blockSize: 0,
  };
  return new EagerEngine(info, { loadModel: (model) => loadOnnx(model, info.threads) });
}

/** Versions of the package's parts. */
function loadPackage(): Readonly<Record<string, string>> {
  const { folder } = cudaPlaces;
  const state = findPackage(folder);
  if (state !== "ready") {
    const missing = state === "no package" ? `${CUDA_PACKAGE} is` : "its native library is";
    throw new Error(
      `Cannot create a "cuda" engine: ${missing} not installed; install it with "deno task install:cuda"`,
    );
  }
  restoreUtil();
  tf.enableProdMode(); // Silences warnings about kernels that are registered twice.
  try {
    return createRequire(`${folder}/deno.json`)(CUDA_PACKAGE).version;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot create a "cuda" engine: ${CUDA_PACKAGE} does not load: ${why}`, {
      cause: error,
    });
  }
}
