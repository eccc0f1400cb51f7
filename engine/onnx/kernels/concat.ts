import { Concat, type ConcatAttrs } from "@tensorflow/tfjs-core";
import { defineListKernel } from "../define_kernel.ts";
import { concatenate } from "../lower/concat.ts";

export const concat = defineListKernel<ConcatAttrs>(
  Concat,
  ({ trace, inputs, attrs: { axis } }) => concatenate(trace, inputs, axis),
);
