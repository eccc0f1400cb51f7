/** The compiling engine. */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine, EngineInfo, JitOptions, Jitted, OnnxProgram, TensorTree } from "../engine.ts";
import { cpuFeatures } from "./cpu_features.ts";
import { jit } from "./jit.ts";
import { loadOnnx } from "./load_onnx.ts";
import type { EagerKernels } from "./eager_kernels.ts";
import type { OnnxBackend } from "./onnx_backend.ts";
import { probeBlockSize } from "./probe_block_size.ts";
import { registerOnnxBackend } from "./register_backend.ts";
import { liveNativeValues } from "./runtime/host_buffer.ts";
import { ortApi } from "./runtime/ort_api.ts";
import { liveSessions } from "./runtime/session.ts";
import { SessionCache } from "./session_cache.ts";
import type { BlockSize } from "./trace.ts";

export interface OnnxEngineOptions {
  /** Threads inside one operator; 0 means all cores. */
  readonly threads: number;
  /** Overrides the probe, so that tests reach every lowering. A size the CPU lacks gives nonsense. */
  readonly blockSize?: BlockSize;
  /** Verifies each program's graph after each pass: for tests, because it takes time. */
  readonly isVerified?: boolean;
  /** As in `EngineOptions`. */
  readonly memoryLimit?: number;
}

/** Makes "onnx" the global backend of tfjs. */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<Engine> {
  const { version } = ortApi();
  const { backend, eager } = registerOnnxBackend();
  const blockSize = options.blockSize ?? probeBlockSize();
  const info: EngineInfo = {
    backend: "onnx",
    version: `onnxruntime ${version}`,
    threads: options.threads > 0 ? options.threads : navigator.hardwareConcurrency,
    blockSize,
    cpuFeatures: cpuFeatures(blockSize),
  };
  eager.reset(info.blockSize);
  await tf.setBackend("onnx");
  await tf.ready();
  return new OnnxEngine(info, backend, eager, options);
}

class OnnxEngine implements Engine {
  readonly info: EngineInfo;
  readonly #backend: OnnxBackend;
  readonly #eager: EagerKernels;
  readonly #sessions: SessionCache;
  readonly #isVerified: boolean;
  readonly #memoryLimit: number | undefined;
  readonly #owned = new Set<{ dispose(): void }>();

  constructor(
    info: EngineInfo,
    backend: OnnxBackend,
    eager: EagerKernels,
    { isVerified = false, memoryLimit }: OnnxEngineOptions,
  ) {
    this.info = info;
    this.#backend = backend;
    this.#eager = eager;
    this.#isVerified = isVerified;
    this.#memoryLimit = memoryLimit;
    this.#sessions = new SessionCache(info.threads);
  }

  jit<Arguments extends readonly TensorTree[], Result extends TensorTree>(
    fn: (...args: Arguments) => Result,
    options: JitOptions = {},
  ): Jitted<Arguments, Result> {
    const context = {
      backend: this.#backend,
      sessions: this.#sessions,
      blockSize: this.info.blockSize,
      isVerified: this.#isVerified,
      memoryLimit: this.#memoryLimit,
    };
    return this.#own(jit(context, fn, options));
  }

  loadOnnx(model: Uint8Array): OnnxProgram {
    return this.#own(loadOnnx(model, this.info.threads));
  }

  memory() {
    return {
      tensors: tf.memory().numTensors,
      nativeValues: liveNativeValues(),
      sessions: liveSessions(),
    };
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
    this.#owned.clear();
    this.#eager.reset(this.info.blockSize);
  }

  /** Disposes an object with the engine, unless it is disposed before. */
  #own<T extends { dispose(): void }>(owned: T): T {
    const dispose = owned.dispose.bind(owned);
    owned.dispose = () => {
      this.#owned.delete(owned);
      dispose();
    };
    this.#owned.add(owned);
    return owned;
  }
}
