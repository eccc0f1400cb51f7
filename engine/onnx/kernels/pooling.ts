/** Pooling kernels and their gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { averagePoolGradient, maxPoolGradient, pool, type PoolAttributes } from "../lower/pool.ts";

export const maxPool = defineKernel<tfjs.MaxPoolInputs, PoolAttributes>(
  tfjs.MaxPool,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => pool(trace, "MaxPool", x, attrs),
);

export const avgPool = defineKernel<tfjs.AvgPoolInputs, PoolAttributes>(
  tfjs.AvgPool,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => pool(trace, "AveragePool", x, attrs),
);

export const maxPoolGrad = defineKernel<tfjs.MaxPoolGradInputs, PoolAttributes>(
  tfjs.MaxPoolGrad,
  ["dy", "input", "output"],
  ({ trace, inputs: { dy, input, output }, attrs }) =>
    maxPoolGradient(trace, dy, input, output, attrs),
);

export const avgPoolGrad = defineKernel<tfjs.AvgPoolGradInputs, PoolAttributes>(
  tfjs.AvgPoolGrad,
  ["dy", "input"],
  ({ trace, inputs: { dy, input }, attrs }) => averagePoolGradient(trace, dy, input.shape, attrs),
);
