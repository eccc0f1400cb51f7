/**
 * The reference engine: runs functions eagerly on tfjs's JavaScript backend. Slow and exact;
 * keeps the same contract as the compiling engine, so that tests may swap one for the other.
 */

import * as tf from "@tensorflow/tfjs-core";
import { version_cpu } from "@tensorflow/tfjs-backend-cpu";
import { registerCpuKernels } from "./cpu/register.ts";
import type { Engine, EngineInfo, JitOptions, Jitted, OnnxProgram, TensorTree } from "./engine.ts";
import { leavesOf, mapTree } from "./tensor_tree.ts";
import { signatureDigest, signatureOf } from "./signature.ts";
import "./register_gradients.ts";

/** Makes tfjs's "cpu" backend the global one, with its wrong kernels repaired. */
export async function createCpuEngine(): Promise<Engine> {
  tf.enableProdMode(); // Silences tfjs's advice to install its native addon.
  registerCpuKernels();
  await tf.setBackend("cpu");
  await tf.ready();
  return new CpuEngine();
}

class CpuEngine implements Engine {
  readonly info: EngineInfo = {
    backend: "cpu",
    version: `tfjs-backend-cpu ${version_cpu}`,
    threads: 1,
    blockSize: 0,
  };

  jit<Arguments extends readonly TensorTree[], Result extends TensorTree>(
    fn: (...args: Arguments) => Result,
    options: JitOptions = {},
  ): Jitted<Arguments, Result> {
    const call = (...args: Arguments): Promise<Result> =>
      Promise.resolve().then(() => run(fn, args, options));
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

  loadOnnx(_model: Uint8Array): OnnxProgram {
    throw new Error(
      'Cannot load an ONNX model: it requires the "onnx" backend, but the engine runs on "cpu"',
    );
  }

  memory() {
    return { tensors: tf.memory().numTensors, nativeValues: 0, sessions: 0 };
  }

  dispose(): void {}
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
