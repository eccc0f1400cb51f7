import { Transpose, type TransposeAttrs, type TransposeInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { transpose as transposeTensor } from "../lower/transpose.ts";

export const transpose = defineKernel<TransposeInputs, TransposeAttrs>(
  Transpose,
  ["x"],
  ({ trace, inputs: { x }, attrs: { perm } }) => transposeTensor(trace, x, perm),
);
