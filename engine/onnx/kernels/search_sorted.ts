import {
  SearchSorted,
  type SearchSortedAttrs,
  type SearchSortedInputs,
} from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";

/**
 * Where values belong in rows that ascend: the number of elements below each ("left"), or not
 * above it ("right"). Every element is compared, since a binary search would need branches.
 */
export const searchSorted = defineKernel<SearchSortedInputs, SearchSortedAttrs>(
  SearchSorted,
  ["sortedSequence", "values"],
  ({ trace, inputs: { sortedSequence, values }, attrs: { side } }) => {
    const [rows = 0, extent = 0] = sortedSequence.shape;
    const [, count = 0] = values.shape;
    const sorted = trace.reshape(trace.rowMajor(sortedSequence), [rows, 1, extent]);
    const wanted = trace.reshape(trace.rowMajor(values), [rows, count, 1]);
    const isBefore = trace.op(side === "left" ? "Less" : "LessOrEqual", [sorted, wanted]);
    const ones = trace.op("Cast", [isBefore], { to: onnxTypes.int32 });
    const sums = trace.op("ReduceSum", [ones, trace.int64([2])], { keepdims: 0 });
    return trace.fromRowMajor(values.shape, "int32", sums);
  },
);
