import { PadV2, type PadV2Attrs, type PadV2Inputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { pad } from "../lower/pad.ts";

export const padV2 = defineKernel<PadV2Inputs, PadV2Attrs>(
  PadV2,
  ["x"],
  ({ trace, inputs: { x }, attrs: { paddings, constantValue } }) =>
    pad(trace, x, paddings, constantValue),
);
