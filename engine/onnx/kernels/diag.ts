import { Diag, type DiagInputs } from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import { choose } from "../lower/choose.ts";

/** The elements on the diagonal of a matrix of zeros, with the shape of x twice. */
export const diag = defineKernel<DiagInputs>(Diag, ["x"], ({ trace, inputs: { x } }) => {
  const count = sizeOf(x.shape);
  const positions = Array.from({ length: count }, (_, position) => position);
  const isDiagonal = trace.op("Equal", [
    trace.literal(positions, [count, 1], "int32"),
    trace.literal(positions, [1, count], "int32"),
  ]);
  const row = trace.reshape(trace.rowMajor(x), [1, count]);
  const value = choose(trace, x.dtype, [isDiagonal, row, trace.scalar(0, x.dtype)]);
  const shape = [...x.shape, ...x.shape];
  return trace.fromRowMajor(shape, x.dtype, trace.reshape(value, shape));
});
