/** Kernels that put values at positions. */

import * as tfjs from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { sizeOf, type Value } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import { rowsOfTuples, scatterAdd } from "../lower/scatter_add.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Zeros, to which updates are added at positions. */
export const scatterNd = defineKernel<tfjs.ScatterNdInputs, tfjs.ScatterNdAttrs>(
  tfjs.ScatterNd,
  ["indices", "updates"],
  ({ trace, inputs: { indices, updates }, attrs: { shape } }) => {
    const depth = indices.shape.at(-1) ?? 1;
    const count = sizeOf(indices.shape.slice(0, -1));
    const inner = sizeOf(shape.slice(depth));
    const rows = rowsOfTuples(trace, indices, shape);
    const values = trace.reshape(trace.rowMajor(updates), [count, inner]);
    const options = { rows: sizeOf(shape.slice(0, depth)), dtype: updates.dtype };
    const sums = scatterAdd(trace, rows, values, [count, inner], options);
    return trace.fromRowMajor(shape, updates.dtype, trace.reshape(sums, shape));
  },
);

/** A tensor in which updates replace what was at positions. Positions must be distinct. */
export const tensorScatterUpdate = defineKernel<tfjs.TensorScatterUpdateInputs>(
  tfjs.TensorScatterUpdate,
  ["tensor", "indices", "updates"],
  ({ trace, inputs: { tensor, indices, updates } }) =>
    replaceAt(trace, tensor, indices, trace.rowMajor(updates)),
);

/** One default value everywhere, replaced at distinct positions by other values, or one other. */
export const sparseToDense = defineKernel<tfjs.SparseToDenseInputs, tfjs.SparseToDenseAttrs>(
  tfjs.SparseToDense,
  ["sparseIndices", "sparseValues", "defaultValue"],
  ({ trace, inputs: { sparseIndices, sparseValues, defaultValue }, attrs: { outputShape } }) => {
    const depth = sparseIndices.shape.length > 1 ? sparseIndices.shape.at(-1) ?? 1 : 1;
    const counted = sparseIndices.shape.length > 1
      ? sparseIndices.shape.slice(0, -1)
      : sparseIndices.shape.length === 1
      ? [sparseIndices.shape[0] ?? 0]
      : [1];
    const indices = trace.withShape(sparseIndices, [...counted, depth]);
    const shape = [...counted, ...outputShape.slice(depth)];
    const updates = sparseValues.shape.length === 0
      ? trace.stretch(sparseValues, shape)
      : sparseValues;
    const background = trace.stretch(trace.withShape(defaultValue, []), outputShape);
    return replaceAt(trace, background, indices, trace.rowMajor(updates));
  },
);

function replaceAt(
  trace: Trace,
  tensor: SymbolicTensor,
  indices: SymbolicTensor,
  updates: Value,
): SymbolicTensor {
  const inputs = [trace.rowMajor(tensor), positionsOf(trace, indices), updates];
  return trace.fromRowMajor(tensor.shape, tensor.dtype, trace.op("ScatterND", inputs));
}

function positionsOf(trace: Trace, indices: SymbolicTensor): Value {
  return trace.op("Cast", [trace.rowMajor(indices)], { to: onnxTypes.int64 });
}
