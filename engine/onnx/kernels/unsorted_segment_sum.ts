import {
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  type UnsortedSegmentSumInputs,
} from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import { scatterAdd } from "../lower/scatter_add.ts";

/** Adds rows that share a segment; the gradient of a gather. */
export const unsortedSegmentSum = defineKernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  ["x", "segmentIds"],
  ({ trace, inputs: { x, segmentIds }, attrs: { numSegments } }) => {
    const count = sizeOf(segmentIds.shape);
    const rest = x.shape.slice(segmentIds.shape.length);
    const inner = sizeOf(rest);
    const ids = trace.reshape(trace.rowMajor(segmentIds), [count]);
    const updates = trace.reshape(trace.rowMajor(x), [count, inner]);
    const options = { rows: numSegments, dtype: x.dtype };
    const sums = scatterAdd(trace, ids, updates, [count, inner], options);
    const shape = [numSegments, ...rest];
    return trace.fromRowMajor(shape, x.dtype, trace.reshape(sums, shape));
  },
);
