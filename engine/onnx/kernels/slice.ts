import { Slice, type SliceAttrs, type SliceInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { slice as sliceTensor } from "../lower/slice.ts";

export const slice = defineKernel<SliceInputs, SliceAttrs>(
  Slice,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => {
    const begins = x.shape.map((_, axis) => beginAt(attrs.begin, axis));
    const sizes = x.shape.map((extent, axis) => {
      const size = Array.isArray(attrs.size)
        ? attrs.size[axis] ?? -1
        : axis === 0
        ? attrs.size
        : -1;
      return size < 0 ? extent - (begins[axis] ?? 0) : size;
    });
    const fits = sizes.every((size, axis) => {
      const begin = begins[axis] ?? 0;
      return begin >= 0 && size >= 0 && begin + size <= (x.shape[axis] ?? 0);
    });
    if (!fits) {
      throw new Error(`a part of [${sizes}] from [${begins}] on reaches beyond the tensor`);
    }
    return sliceTensor(trace, x, begins, sizes);
  },
);

/** tfjs allows one number for the first axis; axes left out start at 0. */
function beginAt(begin: number | number[], axis: number): number {
  if (typeof begin === "number") return axis === 0 ? begin : 0;
  return begin[axis] ?? 0;
}
