import { GatherNd, type GatherNdInputs } from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";

/** The last axis of `indices` holds positions in the first axes of `params`. */
export const gatherNd = defineKernel<GatherNdInputs>(
  GatherNd,
  ["params", "indices"],
  ({ trace, inputs: { params, indices } }) => {
    const depth = indices.shape.at(-1) ?? 0;
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
    const positions = trace.op("Cast", [trace.rowMajor(indices)], { to: onnxTypes.int64 });
    const value = trace.op("GatherND", [trace.rowMajor(params), positions]);
    return trace.fromRowMajor(shape, params.dtype, value);
  },
);
