import { Softmax, type SoftmaxAttrs, type SoftmaxInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const softmax = defineKernel<SoftmaxInputs, SoftmaxAttrs>(
  Softmax,
  ["logits"],
  ({ trace, inputs: { logits }, attrs: { dim } }) => {
    const value = trace.op("Softmax", [trace.rowMajor(logits)], { axis: dim });
    return trace.fromRowMajor(logits.shape, logits.dtype, value);
  },
);
