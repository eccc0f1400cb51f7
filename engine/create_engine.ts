/** The one way to get an engine. */

import { createCpuEngine } from "./cpu_engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { createOnnxEngine } from "./onnx/onnx_engine.ts";
import { isLibraryPresent } from "./onnx/runtime/library_path.ts";

/** What tests may ask for beyond the contract. */
export interface InternalEngineOptions extends EngineOptions {
  /** Forces a layout instead of the one that the CPU has; 0 is portable ONNX operators only. */
  readonly blockSize?: 0 | 8 | 16;
  /** Verifies each program's graph after each pass. */
  readonly isVerified?: boolean;
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
