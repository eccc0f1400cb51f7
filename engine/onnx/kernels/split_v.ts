import { SplitV, type SplitVAttrs, type SplitVInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { slice } from "../lower/slice.ts";

export const splitV = defineKernel<SplitVInputs, SplitVAttrs>(
  SplitV,
  ["x"],
  ({ trace, inputs: { x }, attrs: { numOrSizeSplits, axis } }) => {
    const along = axis < 0 ? axis + x.shape.length : axis;
    const sizes = splitSizes(x.shape[along] ?? 0, numOrSizeSplits);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (!sizes.every(Number.isInteger) || total !== x.shape[along]) {
      throw new Error(
        `axis ${along} of ${x.shape[along]} cannot be split into ${
          JSON.stringify(numOrSizeSplits)
        }`,
      );
    }
    let position = 0;
    return sizes.map((size) => {
      const begin = x.shape.map((_, index) => index === along ? position : 0);
      position += size;
      return slice(trace, x, begin, x.shape.with(along, size));
    });
  },
);

/** Sizes of equal parts, or the sizes asked for, of which one may be -1 for the rest. */
function splitSizes(extent: number, wanted: number | number[]): number[] {
  if (typeof wanted === "number") return Array<number>(wanted).fill(extent / wanted);
  const known = wanted.reduce((sum, size) => sum + Math.max(0, size), 0);
  return wanted.map((size) => size === -1 ? extent - known : size);
}
