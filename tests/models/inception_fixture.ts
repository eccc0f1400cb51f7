/** Weights and images by the rule of bench/peers/torch/make_inception_values.py: no file is needed. */

import type { NamedArrays } from "../../artifacts/weights.ts";
import { expectedShapes } from "../../models/inception/state_dict.ts";
import { hashUniform } from "../support/hash_uniform.ts";
import { sizeOf } from "../support/host_tensor.ts";

/** A state_dict of the published network's names and shapes, with numbers of a hash. */
export function ruleMadeWeights(): NamedArrays {
  const names = [...expectedShapes()].sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(names.map(([name, shape], j) => {
    const [low, high] = rangeOf(name, shape);
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * hashUniform(i, j, 11);
    return [name, { shape, data }];
  }));
}

/** Bytes over 255, `[height, width, channel]`: hashes around a slope. */
export function ruleMadeImage(shape: readonly number[], salt: number): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  return Float32Array.from({ length: height * width * channels }, (_, i) => {
    const row = Math.floor(i / (width * channels)) / height;
    return Math.floor(128 * hashUniform(i, salt, 12) + 127 * row) / 255;
  });
}

/** Uniform between these: filters as of He et al., so that activations keep their size. */
function rangeOf(name: string, shape: readonly number[]): readonly [number, number] {
  if (name.endsWith("conv.weight") || name === "fc.weight") {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    return [-bound, bound];
  }
  if (name.endsWith("bn.weight")) return [0.8, 1.2];
  if (name.endsWith("running_var")) return [0.5, 1.5];
  return [-0.3, 0.3];
}
