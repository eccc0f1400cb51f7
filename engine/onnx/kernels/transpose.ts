import { Transpose, type TransposeAttrs, type TransposeInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const transpose = defineKernel<TransposeInputs, TransposeAttrs>(
  Transpose,
  ["x"],
  ({ trace, inputs: { x }, attrs: { perm } }) => {
    const shape = perm.map((axis) => x.shape[axis] ?? 1);
    if (x.uniformValue !== undefined) return trace.splat(shape, x.dtype, x.uniformValue);
    // Axes of extent 1 may go anywhere without moving an element.
    const moved = perm.filter((axis) => x.shape[axis] !== 1);
    const isInOrder = moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1));
    if (isInOrder) return trace.withShape(x, shape);
    return trace.fromRowMajor(shape, x.dtype, trace.op("Transpose", [trace.rowMajor(x)], { perm }));
  },
);
