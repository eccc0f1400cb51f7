/** The one way to get an engine. */

import type { Engine, EngineOptions } from "./engine.ts";
import { isLibraryPresent } from "./onnx/runtime/library_path.ts";

/** What tests may ask for beyond the contract. */
export interface InternalEngineOptions extends EngineOptions {
  /** Forces a layout instead of the one that the CPU has; 0 is portable ONNX operators only. */
  readonly blockSize?: 0 | 8 | 16;
  /** Verifies each program's graph after each pass. */
  readonly isVerified?: boolean;
  /** Whether "cuda" may run on the CPU, where TensorFlow sees no GPU. */
  readonly isCpuEnough?: boolean;
}

/**
 * Creates an engine and makes its backend the global one of tfjs.
 *
 * "auto" takes "onnx" where its package has a library for this platform, else "cpu"; `info` tells
 * which.
 * @throws {Error} When the backend asked for cannot be loaded.
 */
export async function createEngine(options: InternalEngineOptions): Promise<Engine> {
  const isCpu = options.backend === "cpu" || options.backend === "auto" && !isLibraryPresent();
  // Imported here, because who only plans stages needs no engine, and one is half of all modules.
  if (isCpu) {
    const { createCpuEngine } = await import("./cpu_engine.ts");
    return await createCpuEngine();
  }
  if (options.backend === "cuda") {
    const { createCudaEngine } = await import("./cuda/cuda_engine.ts");
    return await createCudaEngine(options);
  }
  if (options.backend === "webgpu") {
    const { createWebgpuEngine } = await import("./webgpu/webgpu_engine.ts");
    return await createWebgpuEngine(options.threads);
  }
  const { createOnnxEngine } = await import("./onnx/onnx_engine.ts");
  return await createOnnxEngine(options);
}
