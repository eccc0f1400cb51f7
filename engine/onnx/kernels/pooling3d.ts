/** Pooling of clips and its gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import {
  averagePool3DGradient,
  maxPool3DGradient,
  pool3D,
  type Pool3DAttributes,
  pool3DInfo,
} from "../lower/pool3d.ts";

export const maxPool3D = defineKernel<tfjs.MaxPool3DInputs, Pool3DAttributes>(
  tfjs.MaxPool3D,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => pool3D(trace, "MaxPool", x, pool3DInfo(x.shape, attrs)),
);

export const avgPool3D = defineKernel<tfjs.AvgPool3DInputs, Pool3DAttributes>(
  tfjs.AvgPool3D,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => pool3D(trace, "AveragePool", x, pool3DInfo(x.shape, attrs)),
);

export const maxPool3DGrad = defineKernel<tfjs.MaxPool3DGradInputs, Pool3DAttributes>(
  tfjs.MaxPool3DGrad,
  ["dy", "input", "output"],
  ({ trace, inputs: { dy, input, output }, attrs }) =>
    maxPool3DGradient(trace, dy, input, output, pool3DInfo(input.shape, attrs)),
);

export const avgPool3DGrad = defineKernel<tfjs.AvgPool3DGradInputs, Pool3DAttributes>(
  tfjs.AvgPool3DGrad,
  ["dy", "input"],
  ({ trace, inputs: { dy, input }, attrs }) =>
    averagePool3DGradient(trace, dy, input.shape, pool3DInfo(input.shape, attrs)),
);
