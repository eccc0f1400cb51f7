/** Counts, or sums of weights, of the numbers 0, 1, 2, ... in a tensor. */

import * as tfjs from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import { combine } from "../lower/binary.ts";
import { scatterAdd } from "../lower/scatter_add.ts";
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

/** Numbers that are not below `size` count nowhere. */
function count(
  trace: Trace,
  x: SymbolicTensor,
  weights: SymbolicTensor,
  { size, isBinary }: Options,
): SymbolicTensor {
  const [rows = 0, columns = 0] = x.shape;
  const { dtype } = weights;
  const entries = rows * columns;
  const isWeighted = !isBinary && sizeOf(weights.shape) > 0;
  const updates = isWeighted
    ? trace.reshape(trace.rowMajor(weights), [entries, 1])
    : trace.rowMajor(trace.splat([entries, 1], dtype, 1));
  const numbers = trace.reshape(trace.rowMajor(x), [entries]);
  // Row by row; a number that is too large must not count in the next row.
  const starts = Array.from({ length: entries }, (_, entry) => Math.floor(entry / columns) * size);
  const isKnown = trace.op("Less", [numbers, trace.scalar(size, "int32")]);
  const places = trace.op("Where", [
    isKnown,
    trace.op("Add", [numbers, trace.literal(starts, [entries], "int32")]),
    trace.scalar(-1, "int32"),
  ]);
  const options = { rows: rows * size, dtype };
  const sums = scatterAdd(trace, places, updates, [entries, 1], options);
  const shape = [rows, size];
  const counts = trace.fromRowMajor(shape, dtype, trace.reshape(sums, shape));
  if (!isBinary) return counts;
  const one = trace.splat(shape, dtype, 1);
  return combine(trace, "Min", counts, one);
}
