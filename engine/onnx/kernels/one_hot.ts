import { OneHot, type OneHotAttrs, type OneHotInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import type { TensorDtype } from "../symbolic_tensor.ts";

interface Attributes extends Omit<OneHotAttrs, "dtype"> {
  readonly dtype?: TensorDtype;
}

export const oneHot = defineKernel<OneHotInputs, Attributes>(
  OneHot,
  ["indices"],
  ({ trace, inputs: { indices }, attrs: { depth, onValue, offValue, dtype } }) => {
    // Compared with 0, 1, 2, ...: ONNX's OneHot counts negative indices from the end, tfjs does not.
    const classes = Array.from({ length: depth }, (_, index) => index);
    const column = trace.reshape(trace.rowMajor(indices), [...indices.shape, 1]);
    const isClass = trace.op("Equal", [column, trace.literal(classes, [depth], "int32")]);
    const type = dtype ?? "float32";
    const choices = [trace.scalar(onValue, type), trace.scalar(offValue, type)];
    const value = trace.op("Where", [isClass, ...choices]);
    return trace.fromRowMajor([...indices.shape, depth], type, value);
  },
);
