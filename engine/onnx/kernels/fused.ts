/** Kernels that tfjs fuses outside of gradients: an operation, a bias and an activation. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { activate, type ActivationAttributes } from "../lower/activation.ts";
import { multiplyBatches } from "../lower/multiply_batches.ts";
import { combine } from "../lower/binary.ts";
import { type ConvAttributes, convInfo } from "../lower/conv/conv_info.ts";
import { convolve } from "../lower/conv/convolve.ts";
import { depthwiseConvolve } from "../lower/conv/depthwise.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

interface ConvInputs {
  readonly x: tfjs.TensorInfo;
  readonly filter: tfjs.TensorInfo;
  readonly bias?: tfjs.TensorInfo;
  readonly preluActivationWeights?: tfjs.TensorInfo;
}

const convInputs = ["x", "filter", "bias", "preluActivationWeights"] as const;

export const fusedConv2D = defineKernel<ConvInputs, ConvAttributes & ActivationAttributes>(
  tfjs.FusedConv2D,
  convInputs,
  ({ trace, inputs: { x, filter, bias, preluActivationWeights }, attrs }) => {
    const value = convolve(trace, x, filter, convInfo(x.shape, filter.shape, attrs));
    return finish(trace, value, bias, attrs, preluActivationWeights);
  },
);

export const fusedDepthwiseConv2D = defineKernel<ConvInputs, ConvAttributes & ActivationAttributes>(
  tfjs.FusedDepthwiseConv2D,
  convInputs,
  ({ trace, inputs: { x, filter, bias, preluActivationWeights }, attrs }) => {
    const info = convInfo(x.shape, filter.shape, attrs, true);
    const value = depthwiseConvolve(trace, x, filter, info);
    return finish(trace, value, bias, attrs, preluActivationWeights);
  },
);

interface MatMulInputs {
  readonly a: tfjs.TensorInfo;
  readonly b: tfjs.TensorInfo;
  readonly bias?: tfjs.TensorInfo;
  readonly preluActivationWeights?: tfjs.TensorInfo;
}

export const fusedMatMul = defineKernel<
  MatMulInputs,
  tfjs.BatchMatMulAttrs & ActivationAttributes
>(
  tfjs._FusedMatMul,
  ["a", "b", "bias", "preluActivationWeights"],
  ({ trace, inputs: { a, b, bias, preluActivationWeights }, attrs }) =>
    finish(trace, multiplyBatches(trace, a, b, attrs), bias, attrs, preluActivationWeights),
);

function finish(
  trace: Trace,
  x: SymbolicTensor,
  bias: SymbolicTensor | undefined,
  attrs: ActivationAttributes,
  alpha: SymbolicTensor | undefined,
): SymbolicTensor {
  const biased = bias === undefined ? x : combine(trace, "Add", x, bias);
  return activate(trace, biased, attrs, alpha);
}
