import { TopK, type TopKAttrs, type TopKInputs } from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";

/** The k largest along the last axis, and their positions. */
export const topK = defineKernel<TopKInputs, TopKAttrs>(
  TopK,
  ["x"],
  ({ trace, inputs: { x }, attrs: { k, sorted } }) => {
    const shape = x.shape.with(-1, k);
    const attributes = { axis: -1, largest: 1, sorted: Number(sorted) };
    const inputs = [trace.rowMajor(x), trace.int64([k])];
    const [values = "", positions = ""] = trace.ops("TopK", inputs, attributes, 2);
    const indices = trace.op("Cast", [positions], { to: onnxTypes.int32 });
    return [
      trace.fromRowMajor(shape, x.dtype, values),
      trace.fromRowMajor(shape, "int32", indices),
    ];
  },
);
