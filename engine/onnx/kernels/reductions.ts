/** Kernels that reduce over axes. */

import * as tfjs from "@tensorflow/tfjs-core";
import type { Value } from "../graph/graph.ts";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel, type Kernel } from "../define_kernel.ts";
import { mapElements } from "../lower/unary.ts";
import { reduce, type Reduction } from "../lower/reduce.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

type ReduceInputs = Pick<tfjs.NamedTensorInfoMap, "x">;

interface ReduceAttributes {
  readonly axis?: number | number[];
  /** How tfjs calls the axes of Max. */
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

const reductions: Readonly<Record<string, Reduction>> = {
  [tfjs.Max]: "Max",
  [tfjs.Mean]: "Mean",
  [tfjs.Min]: "Min",
  [tfjs.Prod]: "Prod",
  [tfjs.Sum]: "Sum",
};

/** Of booleans; ONNX reduces numbers only. */
const logical: Readonly<Record<string, Reduction>> = { [tfjs.All]: "Min", [tfjs.Any]: "Max" };

const { float32: toFloat32, int32: toInt32, bool: toBool } = onnxTypes;

export const reductionKernels: readonly Kernel[] = [
  ...Object.entries(reductions).map(([name, op]) =>
    defineKernel<ReduceInputs, ReduceAttributes>(
      name,
      ["x"],
      ({ trace, inputs: { x }, attrs: { axis, reductionIndices, keepDims } }) =>
        reduce(
          trace,
          op,
          op === "Mean" && x.dtype !== "float32" ? toFloats(trace, x) : x,
          reductionIndices ?? axis,
          keepDims,
        ),
    )
  ),
  ...Object.entries(logical).map(([name, op]) =>
    defineKernel<ReduceInputs, ReduceAttributes>(
      name,
      ["x"],
      ({ trace, inputs: { x }, attrs: { axis, keepDims } }) => {
        const numbers = mapElements(
          trace,
          x,
          (value) => trace.op("Cast", [value], { to: toInt32 }),
          "int32",
        );
        const reduced = reduce(trace, op, numbers, axis, keepDims);
        return mapElements(
          trace,
          reduced,
          (value) => trace.op("Cast", [value], { to: toBool }),
          "bool",
        );
      },
    )
  ),
];

function toFloats(trace: Trace, x: SymbolicTensor): SymbolicTensor {
  const cast = (value: Value) => trace.op("Cast", [value], { to: toFloat32 });
  return mapElements(trace, x, cast, "float32");
}
