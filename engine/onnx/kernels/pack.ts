import { Pack, type PackAttrs } from "@tensorflow/tfjs-core";
import { defineListKernel } from "../define_kernel.ts";
import { concatenate } from "../lower/concat.ts";

/** Joins tensors along a new axis. */
export const pack = defineListKernel<PackAttrs>(Pack, ({ trace, inputs, attrs: { axis } }) => {
  const rank = inputs[0]?.shape.length ?? 0;
  const along = axis < 0 ? rank + 1 + axis : axis;
  const parts = inputs.map((x) => trace.withShape(x, x.shape.toSpliced(along, 0, 1)));
  return concatenate(trace, parts, along);
});
