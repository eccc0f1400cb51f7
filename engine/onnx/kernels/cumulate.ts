/** Running sums and products along an axis. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const cumsum = defineKernel<tfjs.CumsumInputs, tfjs.CumsumAttrs>(
  tfjs.Cumsum,
  ["x"],
  ({ trace, inputs: { x }, attrs: { axis, exclusive, reverse } }) => {
    const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
    const value = trace.op("CumSum", [trace.rowMajor(x), trace.scalar(axis, "int64")], attributes);
    return trace.fromRowMajor(x.shape, x.dtype, value);
  },
);
