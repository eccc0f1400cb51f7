import { Reverse, type ReverseAttrs, type ReverseInputs, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { reverse as reverseTensor } from "../lower/reverse.ts";

export const reverse = defineKernel<ReverseInputs, ReverseAttrs>(
  Reverse,
  ["x"],
  ({ trace, inputs: { x }, attrs: { dims } }) =>
    reverseTensor(trace, x, util.parseAxisParam(dims, [...x.shape])),
);
