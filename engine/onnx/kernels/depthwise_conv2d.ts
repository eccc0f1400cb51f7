/** Depthwise convolution and its gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { type ConvAttributes, convInfo } from "../lower/conv/conv_info.ts";
import {
  depthwiseConvolve,
  depthwiseFilterGradient,
  depthwiseInputGradient,
} from "../lower/conv/depthwise.ts";

export const depthwiseConv2dNative = defineKernel<
  tfjs.DepthwiseConv2dNativeInputs,
  ConvAttributes
>(
  tfjs.DepthwiseConv2dNative,
  ["x", "filter"],
  ({ trace, inputs: { x, filter }, attrs }) =>
    depthwiseConvolve(trace, x, filter, convInfo(x.shape, filter.shape, attrs, true)),
);

interface InputGradientAttributes extends ConvAttributes {
  readonly inputShape: number[];
}

export const depthwiseConv2dNativeBackpropInput = defineKernel<
  tfjs.DepthwiseConv2dNativeBackpropInputInputs,
  InputGradientAttributes
>(
  tfjs.DepthwiseConv2dNativeBackpropInput,
  ["dy", "filter"],
  ({ trace, inputs: { dy, filter }, attrs }) => {
    const info = convInfo(attrs.inputShape, filter.shape, attrs, true);
    return depthwiseInputGradient(trace, dy, filter, info);
  },
);

interface FilterGradientAttributes extends ConvAttributes {
  readonly filterShape: number[];
}

export const depthwiseConv2dNativeBackpropFilter = defineKernel<
  tfjs.DepthwiseConv2dNativeBackpropFilterInputs,
  FilterGradientAttributes
>(
  tfjs.DepthwiseConv2dNativeBackpropFilter,
  ["x", "dy"],
  ({ trace, inputs: { x, dy }, attrs }) => {
    const info = convInfo(x.shape, attrs.filterShape, attrs, true);
    return depthwiseFilterGradient(trace, x, dy, info);
  },
);
