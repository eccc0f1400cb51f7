/**
 * The contract of the engine: plain tfjs-core functions in, compiled programs out.
 */

import type * as tf from "@tensorflow/tfjs-core";

/** Tensors by name, nested plainly: `{ parameters: { "down.0.kernel": tensor }, step: tensor }`. */
export type TensorTree = tf.Tensor | { readonly [name: string]: TensorTree };

export interface JitOptions {
  /** Shown in errors and profiles. */
  readonly name?: string;
  /**
   * Positions of arguments that the call consumes: their buffers are reused for results and the
   * tensors are disposed, whatever happens. Use it for state that the program replaces.
   */
  readonly donate?: readonly number[];
}

/**
 * A compiled function. The first call with a new signature (names, shapes and dtypes of all leaves)
 * traces and compiles; results are new tensors that the caller owns.
 */
export interface Jitted<Arguments extends readonly TensorTree[], Result extends TensorTree> {
  (...args: Arguments): Promise<Result>;
  /** The graph compiled for these arguments, printable and hashed. Compiles it if need be. */
  inspect(...args: Arguments): Promise<ProgramInfo>;
  /**
   * Disposes tensors and lets later calls write their results into memory that nobody else can see:
   * what `donate` does, for a caller that first looks at the results and may still want the old state.
   */
  reuse(tree: TensorTree): void;
  dispose(): void;
}

export interface ProgramInfo {
  /** Structural hash: equal programs have equal hashes, whatever their value names. */
  readonly hash: string;
  readonly nodeCount: number;
  readonly traceMs: number;
  readonly encodeMs: number;
  readonly sessionMs: number;
  toString(): string;
}

/** A trained network's function of tensors, as it is given to others. */
export interface ForwardFunction {
  /** What it computes, in a sentence. */
  readonly summary: string;
  readonly inputs: Readonly<Record<string, ForwardInput>>;
  /** What each output is, by name; no output has the name of an input. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Pure. @returns What `outputs` names. */
  run(
    parameters: Readonly<Record<string, tf.Tensor>>,
    inputs: Readonly<Record<string, tf.Tensor>>,
  ): Readonly<Record<string, tf.Tensor>>;
}

export interface ForwardInput {
  /** The first extent is the batch. */
  readonly shape: readonly ["batch", ...number[]];
  /** Default: float32. */
  readonly dtype?: "float32" | "int32";
  /** What it is: range, units. */
  readonly doc: string;
}

/** Facts about who computes: backend and version go into cache keys, all of it into provenance. */
export interface EngineInfo {
  readonly backend: "onnx" | "cpu" | "webgpu" | "cuda";
  /** Version of the library that computes: "onnxruntime 1.30.0". */
  readonly version: string;
  readonly threads: number;
  /** NCHWc block of the CPU: 16 (AVX-512), 8, or 0 for portable ONNX operators only. */
  readonly blockSize: 0 | 8 | 16;
  /**
   * Vector instructions of the processor, as far as they are known: "avx2", "avx512f", "fma", ...
   * With other ones results may differ in the last bits.
   */
  readonly cpuFeatures?: readonly string[];
}

/** A model file given by path, run as it is. */
export interface OnnxProgram {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Runs the model on one float32 input; returns its first output. */
  run(
    input: { readonly data: Float32Array; readonly shape: readonly number[] },
  ): Promise<{ readonly data: Float32Array; readonly shape: readonly number[] }>;
  dispose(): void;
}

export interface Engine {
  readonly info: EngineInfo;
  /**
   * Compiles a pure function of tensors. Python-like control flow is fixed when it is traced;
   * random numbers must come in as arguments; reading a traced value throws.
   */
  jit<Arguments extends readonly TensorTree[], Result extends TensorTree>(
    fn: (...args: Arguments) => Result,
    options?: JitOptions,
  ): Jitted<Arguments, Result>;
  loadOnnx(model: Uint8Array): OnnxProgram;
  /** Number of live native values and sessions, for leak tests. */
  memory(): { readonly tensors: number; readonly nativeValues: number; readonly sessions: number };
  dispose(): void;
}

export interface EngineOptions {
  readonly backend: "onnx" | "cpu" | "webgpu" | "cuda" | "auto";
  /** Threads inside one operator; 0 means all cores. */
  readonly threads: number;
  /**
   * Bytes that a compiled program may take; what is free when it is compiled, unless stated. A program
   * that is estimated to want more is refused before anything is allocated. Used by "onnx".
   */
  readonly memoryLimit?: number;
}
