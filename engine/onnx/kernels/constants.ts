/** Kernels that make tensors from nothing. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { SymbolicTensor, type TensorDtype } from "../symbolic_tensor.ts";

interface FillAttributes {
  readonly shape: number[];
  readonly value: number;
  readonly dtype?: TensorDtype;
}

export const fill = defineKernel<object, FillAttributes>(
  tfjs.Fill,
  [],
  ({ trace, attrs: { shape, value, dtype } }) => trace.splat(shape, dtype ?? "float32", value),
);

export const zerosLike = defineKernel<tfjs.ZerosLikeInputs>(
  tfjs.ZerosLike,
  ["x"],
  ({ trace, inputs: { x } }) => trace.splat(x.shape, x.dtype, 0),
);

export const onesLike = defineKernel<tfjs.OnesLikeInputs>(
  tfjs.OnesLike,
  ["x"],
  ({ trace, inputs: { x } }) => trace.splat(x.shape, x.dtype, 1),
);

interface RangeAttributes {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype?: TensorDtype;
}

export const range = defineKernel<object, RangeAttributes>(
  tfjs.Range,
  [],
  ({ attrs: { start, stop, step, dtype } }) => {
    const count = Math.max(0, Math.ceil((stop - start) / step));
    const values = Array.from({ length: count }, (_, index) => start + index * step);
    return new SymbolicTensor([count], dtype ?? "float32", { kind: "literal", values });
  },
);

interface LinSpaceAttributes {
  readonly start: number;
  readonly stop: number;
  readonly num: number;
}

export const linSpace = defineKernel<object, LinSpaceAttributes>(
  tfjs.LinSpace,
  [],
  ({ attrs: { start, stop, num } }) => {
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    const values = Array.from({ length: num }, (_, index) => start + index * step);
    return new SymbolicTensor([num], "float32", { kind: "literal", values });
  },
);
