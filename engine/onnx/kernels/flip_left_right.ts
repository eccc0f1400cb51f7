import { FlipLeftRight, type FlipLeftRightInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { reverse } from "../lower/reverse.ts";

/** Images mirrored along their width. */
export const flipLeftRight = defineKernel<FlipLeftRightInputs>(
  FlipLeftRight,
  ["image"],
  ({ trace, inputs: { image } }) => reverse(trace, image, [2]),
);
