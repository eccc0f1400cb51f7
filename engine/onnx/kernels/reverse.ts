import { Reverse, type ReverseAttrs, type ReverseInputs, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const reverse = defineKernel<ReverseInputs, ReverseAttrs>(
  Reverse,
  ["x"],
  ({ trace, inputs: { x }, attrs: { dims } }) => {
    const axes = util.parseAxisParam(dims, [...x.shape]);
    if (axes.length === 0 || x.uniformValue !== undefined) return x;
    const each = (value: number) => trace.int64(axes.map(() => value));
    const bounds = [each(-1), each(-(2 ** 31)), trace.int64(axes), each(-1)];
    const value = trace.op("Slice", [trace.rowMajor(x), ...bounds]);
    return trace.fromRowMajor(x.shape, x.dtype, value);
  },
);
