/** What the bench runs: one of the reference networks, its data made by formula. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Parameters, ParameterSpecs } from "../../models/parameters.ts";
import type { HostTensor } from "../../training/host_tensor.ts";

export interface Network {
  readonly id: string;
  readonly summary: string;
  readonly specs: ParameterSpecs;
  readonly loss: (parameters: Parameters, batch: Parameters) => tf.Scalar;
  readonly batch: Readonly<Record<string, HostTensor>>;
  /** What a step computes where it is one of sampling; absent: loss, gradients and AdamW. */
  readonly forward?: (parameters: Parameters, batch: Parameters) => tf.Tensor;
}

/** Float32 values in [-1, 1] without pattern: time does not depend on them, as long as none is NaN. */
export function fixedValues(shape: readonly number[], salt: number): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(i * i + salt)) };
}

export function parameterCount({ specs }: Network): number {
  return Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
}
