import { Tile, type TileAttrs, type TileInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const tile = defineKernel<TileInputs, TileAttrs>(
  Tile,
  ["x"],
  ({ trace, inputs: { x }, attrs: { reps } }) => {
    const shape = x.shape.map((extent, axis) => extent * (reps[axis] ?? 1));
    const isStretch = x.shape.every((extent, axis) => extent === 1 || reps[axis] === 1);
    if (isStretch || x.uniformValue !== undefined) return trace.stretch(x, shape);
    const value = trace.op("Tile", [trace.rowMajor(x), trace.int64(reps)]);
    return trace.fromRowMajor(shape, x.dtype, value);
  },
);
