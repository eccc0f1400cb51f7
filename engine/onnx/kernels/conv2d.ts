/** Two-dimensional convolution and its gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { type ConvAttributes, convInfo } from "../lower/conv/conv_info.ts";
import { convolve } from "../lower/conv/convolve.ts";
import { filterGradient } from "../lower/conv/filter_gradient.ts";
import { inputGradient } from "../lower/conv/input_gradient.ts";

export const conv2D = defineKernel<tfjs.Conv2DInputs, ConvAttributes>(
  tfjs.Conv2D,
  ["x", "filter"],
  ({ trace, inputs: { x, filter }, attrs }) =>
    convolve(trace, x, filter, convInfo(x.shape, filter.shape, attrs)),
);

interface InputGradientAttributes extends ConvAttributes {
  readonly inputShape: number[];
}

/** Also what tfjs's transposed convolution calls. */
export const conv2DBackpropInput = defineKernel<
  tfjs.Conv2DBackpropInputInputs,
  InputGradientAttributes
>(
  tfjs.Conv2DBackpropInput,
  ["dy", "filter"],
  ({ trace, inputs: { dy, filter }, attrs }) =>
    inputGradient(trace, dy, filter, convInfo(attrs.inputShape, filter.shape, attrs)),
);

interface FilterGradientAttributes extends ConvAttributes {
  readonly filterShape: number[];
}

export const conv2DBackpropFilter = defineKernel<
  tfjs.Conv2DBackpropFilterInputs,
  FilterGradientAttributes
>(
  tfjs.Conv2DBackpropFilter,
  ["x", "dy"],
  ({ trace, inputs: { x, dy }, attrs }) =>
    filterGradient(trace, x, dy, convInfo(x.shape, attrs.filterShape, attrs)),
);
