/** Greyscale dilation and its gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import {
  dilate,
  type DilationAttributes,
  dilationFilterGradient,
  dilationInputGradient,
} from "../lower/dilation2d.ts";

export const dilation2D = defineKernel<tfjs.Dilation2DInputs, DilationAttributes>(
  tfjs.Dilation2D,
  ["x", "filter"],
  ({ trace, inputs: { x, filter }, attrs }) => dilate(trace, x, filter, attrs),
);

export const dilation2DBackpropInput = defineKernel<
  tfjs.Dilation2DBackpropInputInputs,
  DilationAttributes
>(
  tfjs.Dilation2DBackpropInput,
  ["x", "filter", "dy"],
  ({ trace, inputs: { x, filter, dy }, attrs }) =>
    dilationInputGradient(trace, x, filter, dy, attrs),
);

export const dilation2DBackpropFilter = defineKernel<
  tfjs.Dilation2DBackpropFilterInputs,
  DilationAttributes
>(
  tfjs.Dilation2DBackpropFilter,
  ["x", "filter", "dy"],
  ({ trace, inputs: { x, filter, dy }, attrs }) =>
    dilationFilterGradient(trace, x, filter, dy, attrs),
);
