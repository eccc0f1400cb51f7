import { AddN } from "@tensorflow/tfjs-core";
import { defineListKernel } from "../define_kernel.ts";
import { combine } from "../lower/binary.ts";

export const addN = defineListKernel(
  AddN,
  ({ trace, inputs }) => inputs.reduce((sum, x) => combine(trace, "Add", sum, x)),
);
