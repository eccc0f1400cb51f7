/** The one way to get an engine. */

import { createCpuEngine } from "./cpu_engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { createOnnxEngine } from "./onnx/onnx_engine.ts";
import { isLibraryPresent } from "./onnx/runtime/library_path.ts";

/** For tests: forces a layout instead of the one that the CPU has. */
export interface InternalEngineOptions extends EngineOptions {
  readonly blockSize?: 0 | 8 | 16;
}

/**
 * Creates an engine and makes its backend the global one of tfjs.
 *
 * "auto" takes "onnx" where its package has a library for this platform, else "cpu"; `info` tells
 * which.
 * @throws {Error} When the backend asked for cannot be loaded.
 */
export function createEngine(options: InternalEngineOptions): Promise<Engine> {
  const isCpu = options.backend === "cpu" || options.backend === "auto" && !isLibraryPresent();
  return isCpu ? createCpuEngine() : createOnnxEngine(options);
}
