/** Three-dimensional convolution and its gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import {
  type Conv3DAttributes,
  convolve3D,
  filterGradient3D,
  inputGradient3D,
} from "../lower/conv/conv3d.ts";

export const conv3D = defineKernel<tfjs.Conv3DInputs, Conv3DAttributes>(
  tfjs.Conv3D,
  ["x", "filter"],
  ({ trace, inputs: { x, filter }, attrs }) => convolve3D(trace, x, filter, attrs),
);

interface InputGradientAttributes extends Conv3DAttributes {
  readonly inputShape: number[];
}

export const conv3DBackpropInput = defineKernel<
  tfjs.Conv3DBackpropInputV2Inputs,
  InputGradientAttributes
>(
  tfjs.Conv3DBackpropInputV2,
  ["dy", "filter"],
  ({ trace, inputs: { dy, filter }, attrs }) =>
    inputGradient3D(trace, dy, filter, attrs.inputShape, attrs),
);

interface FilterGradientAttributes extends Conv3DAttributes {
  readonly filterShape: number[];
}

export const conv3DBackpropFilter = defineKernel<
  tfjs.Conv3DBackpropFilterV2Inputs,
  FilterGradientAttributes
>(
  tfjs.Conv3DBackpropFilterV2,
  ["x", "dy"],
  ({ trace, inputs: { x, dy }, attrs }) => filterGradient3D(trace, x, dy, attrs.filterShape, attrs),
);
