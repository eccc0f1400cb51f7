import {
  slice_util,
  StridedSlice,
  type StridedSliceAttrs,
  type StridedSliceInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

/** ONNX clamps ends; this one lies before the first element for every extent. */
const beforeStart = -(2 ** 31);

export const stridedSlice = defineKernel<StridedSliceInputs, StridedSliceAttrs>(
  StridedSlice,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => {
    const info = slice_util.sliceInfo(
      [...x.shape],
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const shape = slice_util.computeOutShape(info.begin, info.end, info.strides);
    if (shape.some((extent) => extent <= 0)) return trace.splat(info.finalShape, x.dtype, 0);
    const ends = info.end.map((end, axis) =>
      (info.strides[axis] ?? 1) < 0 && end < 0 ? beforeStart : end
    );
    const axes = info.begin.map((_, axis) => axis);
    const bounds = [info.begin, ends, axes, info.strides].map((list) => trace.int64(list));
    const value = trace.op("Slice", [trace.rowMajor(x), ...bounds]);
    return trace.withShape(trace.fromRowMajor(shape, x.dtype, value), info.finalShape);
  },
);
