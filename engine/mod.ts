/**
 * Runs tensor programs: plain tfjs-core functions become compiled programs.
 *
 * Reading order: the contract, the way to get an engine, the two engines.
 */

export type {
  Engine,
  EngineInfo,
  EngineOptions,
  JitOptions,
  Jitted,
  OnnxProgram,
  ProgramInfo,
  TensorTree,
} from "./engine.ts";
export { createEngine } from "./create_engine.ts";
