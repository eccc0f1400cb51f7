import { BatchMatMul, type BatchMatMulAttrs, type BatchMatMulInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { multiplyBatches } from "../lower/multiply_batches.ts";

export const batchMatMul = defineKernel<BatchMatMulInputs, BatchMatMulAttrs>(
  BatchMatMul,
  ["a", "b"],
  ({ trace, inputs: { a, b }, attrs }) => multiplyBatches(trace, a, b, attrs),
);
