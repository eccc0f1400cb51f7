/** Tensors outside the engine, and the way in and out. */

import * as tf from "@tensorflow/tfjs-core";
import type { NamedArrays } from "../artifacts/weights.ts";
import type { TensorTree } from "../engine/engine.ts";
import type { Parameters } from "../models/parameters.ts";

/** A tensor in this program's memory, row major; the dtype follows from the data. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Copies host tensors into the engine; the caller disposes the results. */
export function toDevice(tensors: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      const dtype = data instanceof Int32Array ? "int32" : "float32";
      return [name, tf.tensor(data, [...shape], dtype)];
    }),
  );
}

/** Reads float32 tensors out of the engine; they stay alive. */
export async function toHost(tensors: Parameters): Promise<NamedArrays> {
  const arrays = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => {
      // Copied, because the engine may reuse the memory for a later step.
      const data = Float32Array.from(await tensor.data());
      return [name, { shape: tensor.shape, data }] as const;
    }),
  );
  return Object.fromEntries(arrays);
}

/** Disposes all tensors of a tree, or of nothing. */
export function disposeAll(tree: TensorTree | undefined): void {
  if (tree === undefined) return;
  if (tree instanceof tf.Tensor) return tree.dispose();
  for (const branch of Object.values(tree)) disposeAll(branch);
}
