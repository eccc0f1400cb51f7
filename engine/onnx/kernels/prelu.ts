import { Prelu, type PreluInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { leakBelowZero } from "../lower/activation.ts";

/** x above zero, alpha x below. */
export const prelu = defineKernel<PreluInputs>(
  Prelu,
  ["x", "alpha"],
  ({ trace, inputs: { x, alpha } }) => leakBelowZero(trace, x, alpha),
);
