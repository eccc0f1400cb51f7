/** The engine of GPUs without a driver kit: tfjs's WebGPU backend on Deno's own WebGPU. */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
import { composeKernels, refuseKernels } from "../composed/compose_kernels.ts";
import { EagerEngine } from "../eager_engine.ts";
import type { Engine, EngineInfo } from "../engine.ts";
import { loadOnnx } from "../onnx/load_onnx.ts";
import "../register_gradients.ts";
import { findAdapter } from "./adapter.ts";
import { compositions, refusedKernels } from "./compositions.ts";

/**
 * Makes tfjs's "webgpu" backend the global one.
 *
 * Equal inputs give equal bits on one machine with one driver; other GPUs and drivers round otherwise.
 * Values can be read by `data()` only: `dataSync()` needs a canvas, which Deno has not.
 * @param threads For model files, which ONNX Runtime runs; 0 means all cores.
 * @throws {Error} When there is no adapter.
 */
export async function createWebgpuEngine(threads: number): Promise<Engine> {
  const adapter = await findAdapter();
  if (adapter === undefined) {
    throw new Error(
      'Cannot create a "webgpu" engine: WebGPU has no adapter; it requires a driver for Vulkan, Metal or ' +
        "Direct3D 12",
    );
  }
  tf.enableProdMode();
  // tfjs would compute small operators on the CPU when their inputs happen to have been read: then
  // looking at a value would change the bits of what follows.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  composeKernels("webgpu", compositions);
  refuseKernels("webgpu", refusedKernels);
  if (!await tf.setBackend("webgpu")) {
    throw new Error(`Cannot create a "webgpu" engine: "${adapter.name}" gave no device`);
  }
  await tf.ready();
  const info: EngineInfo = {
    backend: "webgpu",
    // The backend comes in the version of tfjs-core. Not read from deno.json, which would be in every key.
    version: `tfjs-backend-webgpu ${tf.version_core} on ${adapter.name}`,
    threads: threads > 0 ? threads : navigator.hardwareConcurrency,
    blockSize: 0,
  };
  // Model files stay with ONNX Runtime on the CPU, which runs any of them.
  return new EagerEngine(info, {
    loadModel: (model) => loadOnnx(model, info.threads),
    guard: deviceGuard(),
  });
}

/**
 * A shader that does not compile leaves its output as the memory was, and nobody hears of it unless asked.
 */
function deviceGuard() {
  const { device } = tf.backend() as tf.KernelBackend & { readonly device: GPUDevice };
  return async (name: string, run: () => void): Promise<void> => {
    device.pushErrorScope("validation");
    let failure: { readonly error: unknown } | undefined;
    try {
      run();
    } catch (error) {
      failure = { error };
    }
    const problem = await device.popErrorScope();
    if (failure) throw failure.error;
    if (problem) throw new Error(`Cannot run "${name}" on WebGPU: ${problem.message}`);
  };
}
