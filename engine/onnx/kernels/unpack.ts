import { Unpack, type UnpackAttrs, type UnpackInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { slice } from "../lower/slice.ts";

/** One tensor per position along an axis, which disappears. */
export const unpack = defineKernel<UnpackInputs, UnpackAttrs>(
  Unpack,
  ["value"],
  ({ trace, inputs: { value }, attrs: { axis } }) => {
    const along = axis < 0 ? axis + value.shape.length : axis;
    const size = value.shape.with(along, 1);
    const shape = value.shape.toSpliced(along, 1);
    return Array.from({ length: value.shape[along] ?? 0 }, (_, position) => {
      const begin = value.shape.map((_, index) => index === along ? position : 0);
      return trace.withShape(slice(trace, value, begin, size), shape);
    });
  },
);
