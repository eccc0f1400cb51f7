/** Pooling of images and its gradients. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { averagePoolGradient } from "../lower/average_pool_gradient.ts";
import { maxPoolGradient } from "../lower/max_pool_gradient.ts";
import { pool } from "../lower/pool.ts";
import { type PoolAttributes, poolInfo } from "../lower/pool_info.ts";

export const maxPool = defineKernel<tfjs.MaxPoolInputs, PoolAttributes>(
  tfjs.MaxPool,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => pool(trace, "MaxPool", x, poolInfo(x.shape, attrs)),
);

export const avgPool = defineKernel<tfjs.AvgPoolInputs, PoolAttributes>(
  tfjs.AvgPool,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => pool(trace, "AveragePool", x, poolInfo(x.shape, attrs)),
);

export const maxPoolGrad = defineKernel<tfjs.MaxPoolGradInputs, PoolAttributes>(
  tfjs.MaxPoolGrad,
  ["dy", "input", "output"],
  ({ trace, inputs: { dy, input, output }, attrs }) =>
    maxPoolGradient(trace, dy, input, output, poolInfo(input.shape, attrs)),
);

export const avgPoolGrad = defineKernel<tfjs.AvgPoolGradInputs, PoolAttributes>(
  tfjs.AvgPoolGrad,
  ["dy", "input"],
  ({ trace, inputs: { dy, input }, attrs }) =>
    averagePoolGradient(trace, dy, poolInfo(input.shape, attrs)),
);
