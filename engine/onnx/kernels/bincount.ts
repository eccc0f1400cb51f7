/** Counts, or sums of weights, of the numbers 0, 1, 2, ... in a tensor. */

import * as tfjs from "@tensorflow/tfjs-core";
import { sizeOf, type Value } from "../graph/graph.ts";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";
import { slice } from "../lower/slice.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

export const bincount = defineKernel<tfjs.BincountInputs, tfjs.BincountAttrs>(
  tfjs.Bincount,
  ["x", "weights"],
  ({ trace, inputs: { x, weights }, attrs: { size } }) => {
    const flat = trace.withShape(x, [1, sizeOf(x.shape)]);
    const counts = count(trace, flat, weights, { size, isBinary: false });
    return trace.withShape(counts, [size]);
  },
);

/** The same for each row of a matrix; `binaryOutput` tells only whether a number occurs. */
export const denseBincount = defineKernel<tfjs.DenseBincountInputs, tfjs.DenseBincountAttrs>(
  tfjs.DenseBincount,
  ["x", "weights"],
  ({ trace, inputs: { x, weights }, attrs: { size, binaryOutput = false } }) => {
    const rank = x.shape.length;
    const flat = rank === 2 ? x : trace.withShape(x, [1, sizeOf(x.shape)]);
    const counts = count(trace, flat, weights, { size, isBinary: binaryOutput && rank === 2 });
    return rank === 2 ? counts : trace.withShape(counts, [size]);
  },
);

interface Options {
  readonly size: number;
  readonly isBinary: boolean;
}

/** Numbers from `size` on go to a column of their own, which is cut off. */
function count(
  trace: Trace,
  x: SymbolicTensor,
  weights: SymbolicTensor,
  { size, isBinary }: Options,
): SymbolicTensor {
  const [rows = 0, columns = 0] = x.shape;
  const { dtype } = weights;
  const entries = rows * columns;
  const shape = [rows, size + 1];
  const zeros = trace.rowMajor(trace.splat(shape, dtype, 0));
  const isWeighted = !isBinary && sizeOf(weights.shape) > 0;
  const updates = isWeighted
    ? trace.reshape(trace.rowMajor(weights), [entries])
    : trace.rowMajor(trace.splat([entries], dtype, 1));
  const inputs = [zeros, positionsOf(trace, x, size), updates];
  const value = trace.op("ScatterND", inputs, isBinary ? {} : { reduction: "add" });
  return slice(trace, trace.fromRowMajor(shape, dtype, value), [0, 0], [rows, size]);
}

/** `[entry, 2]`: row and column of each entry's count. */
function positionsOf(trace: Trace, x: SymbolicTensor, size: number): Value {
  const [rows = 0, columns = 0] = x.shape;
  const clamped = trace.op("Min", [trace.rowMajor(x), trace.scalar(size, "int32")]);
  const numbers = trace.op("Cast", [clamped], { to: onnxTypes.int64 });
  const column = trace.reshape(numbers, [rows * columns, 1]);
  const indices = Array.from(
    { length: rows * columns },
    (_, entry) => Math.floor(entry / columns),
  );
  const row = trace.literal(indices, [rows * columns, 1], "int64");
  return trace.op("Concat", [row, column], { axis: 1 });
}
