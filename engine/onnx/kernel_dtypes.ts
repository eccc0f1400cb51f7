/** Which dtypes kernels take, where ONNX's operators are choosier than tfjs's types. */

import * as tfjs from "@tensorflow/tfjs-core";
import type { Kernel } from "./define_kernel.ts";
import { floats, numbers, requireDtype } from "./lower/require_dtype.ts";
import type { TensorDtype } from "./symbolic_tensor.ts";

const ofFloats = [
  tfjs.Atan2,
  tfjs.AvgPool,
  tfjs.AvgPool3D,
  tfjs.Conv2D,
  tfjs.Conv3D,
  tfjs.DepthwiseConv2dNative,
  tfjs.Dilation2D,
  tfjs.FusedBatchNorm,
  tfjs.LRN,
  tfjs.LogSoftmax,
  tfjs.MaxPool,
  tfjs.MaxPool3D,
  tfjs.MaxPoolWithArgmax,
  tfjs.Prelu,
  tfjs.Softmax,
];

const ofNumbers = [
  tfjs.Add,
  tfjs.AddN,
  tfjs.ArgMax,
  tfjs.ArgMin,
  tfjs.BatchMatMul,
  tfjs.Cumprod,
  tfjs.Cumsum,
  tfjs.Einsum,
  tfjs.FloorDiv,
  tfjs.Max,
  tfjs.Maximum,
  tfjs.Min,
  tfjs.Minimum,
  tfjs.Mod,
  tfjs.Multiply,
  tfjs.Pow,
  tfjs.RealDiv,
  tfjs.ResizeBilinear,
  tfjs.SquaredDifference,
  tfjs.Sub,
  tfjs.TopK,
];

const allowed: ReadonlyMap<string, readonly TensorDtype[]> = new Map([
  ...ofFloats.map((name) => [name, floats] as const),
  ...ofNumbers.map((name) => [name, numbers] as const),
]);

/** The kernel, which refuses by name what its operators would refuse. */
export function checkingDtypes(kernel: Kernel): Kernel {
  const dtypes = allowed.get(kernel.name);
  if (dtypes === undefined) return kernel;
  return {
    ...kernel,
    lower(trace, inputs, attrs) {
      for (const input of inputs) {
        if (input !== undefined) requireDtype(kernel.name, input, dtypes);
      }
      return kernel.lower(trace, inputs, attrs);
    },
  };
}
