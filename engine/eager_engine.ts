/**
 * An engine that runs functions at once on whatever tfjs backend is active: the contract of the compiling
 * engine, so that callers need not know which one they have.
 */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine, EngineInfo, JitOptions, Jitted, OnnxProgram, TensorTree } from "./engine.ts";
import { signatureDigest, signatureOf } from "./signature.ts";
import { leavesOf, mapTree } from "./tensor_tree.ts";

export interface EagerOptions {
  /** Compiles a model file for whatever runs it; absent: nothing does. */
  readonly loadModel?: (model: Uint8Array) => OnnxProgram;
  /** Runs a function and finds out whether the device did what it was told. */
  readonly guard?: (name: string, run: () => void) => Promise<void>;
}

export class EagerEngine implements Engine {
  readonly info: EngineInfo;
  readonly #options: EagerOptions;

  /** @param info Of the backend, which is the global one of tfjs already. */
  constructor(info: EngineInfo, options: EagerOptions = {}) {
    this.info = info;
    this.#options = options;
  }

  jit<Arguments extends readonly TensorTree[], Result extends TensorTree>(
    fn: (...args: Arguments) => Result,
    options: JitOptions = {},
  ): Jitted<Arguments, Result> {
    const { guard = runAtOnce } = this.#options;
    const call = async (...args: Arguments): Promise<Result> => {
      let result: Result | undefined;
      try {
        await guard(options.name ?? fn.name, () => {
          result = run(fn, args, options);
        });
      } catch (error) {
        if (result !== undefined) tf.dispose(leavesOf(result).map(({ tensor }) => tensor));
        throw error;
      }
      if (result === undefined) throw new Error("Internal error: guard() did not run its function");
      return result;
    };
    const inspect = (...args: Arguments) => {
      const signature = signatureOf(args.map(leavesOf));
      return Promise.resolve({
        hash: signatureDigest(`${options.name ?? fn.name}(${signature})`),
        nodeCount: 0,
        traceMs: 0,
        encodeMs: 0,
        sessionMs: 0,
        toString: () => `eager ${options.name ?? fn.name}(${signature})`,
      });
    };
    const reuse = (tree: TensorTree) => leavesOf(tree).forEach(({ tensor }) => tensor.dispose());
    return Object.assign(call, { inspect, reuse, dispose: () => {} });
  }

  loadOnnx(model: Uint8Array): OnnxProgram {
    const { loadModel } = this.#options;
    if (loadModel) return loadModel(model);
    throw new Error(
      `Cannot load an ONNX model: it requires the "onnx" backend, but the engine runs on ` +
        `"${this.info.backend}"`,
    );
  }

  memory() {
    return { tensors: tf.memory().numTensors, nativeValues: 0, sessions: 0 };
  }

  dispose(): void {}
}

/** In a microtask of its own, as engines that compile do. */
async function runAtOnce(_name: string, run: () => void): Promise<void> {
  await Promise.resolve();
  run();
}

function run<Arguments extends readonly TensorTree[], Result extends TensorTree>(
  fn: (...args: Arguments) => Result,
  args: Arguments,
  options: JitOptions,
): Result {
  const donated = (options.donate ?? []).flatMap((position) => leavesOf(args[position] ?? {}));
  try {
    const given = new Set(args.flatMap((arg) => leavesOf(arg)).map((leaf) => leaf.tensor.id));
    let result: Result | undefined;
    tf.tidy(() => {
      // Results are new tensors, as the contract says: what was passed through is copied (by
      // reference count), or donating the argument would dispose the result.
      const seen = new Set<number>(given);
      result = mapTree(fn(...args), (tensor) => {
        if (seen.has(tensor.id)) return tf.clone(tensor);
        seen.add(tensor.id);
        return tensor;
      });
      return leavesOf(result).map((leaf) => leaf.tensor);
    });
    if (result === undefined) throw new Error("Internal error: tidy() did not run its function");
    return result;
  } finally {
    for (const { tensor } of donated) if (!tensor.isDisposed) tensor.dispose();
  }
}
