import { LogSoftmax, type LogSoftmaxAttrs, type LogSoftmaxInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const logSoftmax = defineKernel<LogSoftmaxInputs, LogSoftmaxAttrs>(
  LogSoftmax,
  ["logits"],
  ({ trace, inputs: { logits }, attrs: { axis } }) => {
    const value = trace.op("LogSoftmax", [trace.rowMajor(logits)], { axis });
    return trace.fromRowMajor(logits.shape, logits.dtype, value);
  },
);
