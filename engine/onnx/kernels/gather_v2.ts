import { GatherV2, type GatherV2Attrs, type GatherV2Inputs, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

export const gatherV2 = defineKernel<GatherV2Inputs, GatherV2Attrs>(
  GatherV2,
  ["x", "indices"],
  ({ trace, inputs: { x, indices }, attrs: { axis, batchDims } }) => {
    const [along = 0] = util.parseAxisParam(axis, [...x.shape]);
    const shape = [
      ...x.shape.slice(0, along),
      ...indices.shape.slice(batchDims),
      ...x.shape.slice(along + 1),
    ];
    if (batchDims > 0) return gatherInBatches(trace, x, indices, along, batchDims, shape);
    const value = trace.op("Gather", [trace.rowMajor(x), trace.rowMajor(indices)], { axis: along });
    return trace.fromRowMajor(shape, x.dtype, value);
  },
);

/** Each batch has indices of its own: one gather from all batches laid end to end. */
function gatherInBatches(
  trace: Trace,
  x: SymbolicTensor,
  indices: SymbolicTensor,
  axis: number,
  batchDims: number,
  shape: readonly number[],
): SymbolicTensor {
  const batches = sizeOf(x.shape.slice(0, batchDims));
  const outer = sizeOf(x.shape.slice(batchDims, axis));
  const extent = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const count = sizeOf(indices.shape.slice(batchDims));
  const starts = Array.from({ length: batches * outer }, (_, row) => row * extent);
  const wanted = trace.reshape(trace.rowMajor(indices), [batches, 1, count]);
  const offsets = trace.literal(starts, [batches, outer, 1], "int32");
  const rows = trace.reshape(trace.rowMajor(x), [batches * outer * extent, inner]);
  const value = trace.op("Gather", [rows, trace.op("Add", [wanted, offsets])], { axis: 0 });
  return trace.fromRowMajor(shape, x.dtype, trace.reshape(value, shape));
}
