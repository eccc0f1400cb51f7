import {
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  type UnsortedSegmentSumInputs,
} from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";

/** Adds rows that share a segment; the gradient of a gather. */
export const unsortedSegmentSum = defineKernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  ["x", "segmentIds"],
  ({ trace, inputs: { x, segmentIds }, attrs: { numSegments } }) => {
    const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
    const ids = trace.reshape(trace.rowMajor(segmentIds), [...segmentIds.shape, 1]);
    const inputs = [
      trace.rowMajor(trace.splat(shape, x.dtype, 0)),
      trace.op("Cast", [ids], { to: onnxTypes.int64 }),
      trace.rowMajor(x),
    ];
    return trace.fromRowMajor(shape, x.dtype, trace.op("ScatterND", inputs, { reduction: "add" }));
  },
);
