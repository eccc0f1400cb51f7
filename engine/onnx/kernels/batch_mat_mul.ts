import {
  BatchMatMul,
  type BatchMatMulAttrs,
  type BatchMatMulInputs,
  broadcast_util,
} from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { matMul } from "../lower/mat_mul.ts";

/** Products of the last two axes; the others are broadcast. */
export const batchMatMul = defineKernel<BatchMatMulInputs, BatchMatMulAttrs>(
  BatchMatMul,
  ["a", "b"],
  ({ trace, inputs: { a, b }, attrs: { transposeA, transposeB } }) => {
    const batch = broadcast_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    );
    const rows = a.shape.at(transposeA ? -1 : -2) ?? 0;
    const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
    const options = { transposeA, transposeB, rank: a.shape.length };
    const value = matMul(trace, trace.rowMajor(a), trace.rowMajor(b), options);
    return trace.fromRowMajor([...batch, rows, columns], a.dtype, value);
  },
);
