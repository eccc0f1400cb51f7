import { ScatterNd, type ScatterNdAttrs, type ScatterNdInputs } from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";

/** Zeros, to which updates are added at positions. */
export const scatterNd = defineKernel<ScatterNdInputs, ScatterNdAttrs>(
  ScatterNd,
  ["indices", "updates"],
  ({ trace, inputs: { indices, updates }, attrs: { shape } }) => {
    const inputs = [
      trace.rowMajor(trace.splat(shape, updates.dtype, 0)),
      trace.op("Cast", [trace.rowMajor(indices)], { to: onnxTypes.int64 }),
      trace.rowMajor(updates),
    ];
    const value = trace.op("ScatterND", inputs, { reduction: "add" });
    return trace.fromRowMajor(shape, updates.dtype, value);
  },
);
