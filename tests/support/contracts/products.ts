/** Products of matrices and tensors, fused kernels, normalisation. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { scattered } from "../host_tensor.ts";
import type { KernelCase } from "../kernel_suite.ts";
import { caseName, channels, type Contracts, short } from "./contract.ts";

const extent = fc.integer({ min: 1, max: 9 });

/** Equations with operands of which each letter has one extent. */
const equations = fc.constantFrom(
  "ij,jk->ik",
  "bij,bjk->bik",
  "ij->ji",
  "ij,ij->ij",
  "bij,kj->bik",
  "i,j->ij",
  "bhid,bhjd->bhij",
);

export const products: Contracts = {
  matMul: fc.record({
    batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    sizes: fc.tuple(extent, extent, extent),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  }).map(({ batch, sizes: [rows, inner, columns], transposeA, transposeB }): KernelCase => ({
    name: caseName("matMul", { batch, rows, inner, columns, transposeA, transposeB }),
    inputs: [
      scattered([...batch, ...(transposeA ? [inner, rows] : [rows, inner])]),
      scattered([...batch, ...(transposeB ? [columns, inner] : [inner, columns])], { salt: 1 }),
    ],
    run: (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
  })),
  "matMul with broadcast batches": fc.tuple(short, extent, extent, fc.boolean()).map((
    [batch, rows, columns, isLeft],
  ): KernelCase => ({
    name: caseName("matMul", { batch, rows, columns, isLeft }),
    inputs: isLeft
      ? [scattered([rows, 4]), scattered([batch, 4, columns], { salt: 1 })]
      : [scattered([batch, rows, 4]), scattered([4, columns], { salt: 1 })],
    run: (a, b) => tf.matMul(a!, b!),
  })),
  einsum: fc.tuple(equations, fc.array(short, { minLength: 6, maxLength: 6 })).map((
    [equation, extents],
  ): KernelCase => {
    const letters = [..."bhijkd"];
    const [operands = ""] = equation.split("->");
    return {
      name: caseName("einsum", { equation, extents }),
      inputs: operands.split(",").map((indices, salt) =>
        scattered([...indices].map((letter) => extents[letters.indexOf(letter)]!), { salt })
      ),
      run: (...all) => tf.einsum(equation, ...all),
    };
  }),
  batchNorm: fc.tuple(short, short, channels, fc.boolean(), fc.boolean()).map((
    [batch, edge, depth, isOffset, isScaled],
  ): KernelCase => ({
    name: caseName("batchNorm", { batch, edge, depth, isOffset, isScaled }),
    inputs: [
      scattered([batch, edge, edge, depth]),
      scattered([depth], { salt: 1 }),
      scattered([depth], { low: 0.4, high: 2, salt: 2 }),
      scattered([depth], { salt: 3 }),
      scattered([depth], { low: 0.4, high: 2, salt: 4 }),
    ],
    run: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        isOffset ? offset as tf.Tensor1D : undefined,
        isScaled ? scale as tf.Tensor1D : undefined,
        1e-3,
      ),
    // tfjs-core cannot save inputs that are left out for the way back.
    gradients: isOffset && isScaled ? "all" : "none",
  })),
  ...fused(),
};

function fused(): Contracts {
  const activation = fc.constantFrom(
    "linear" as const,
    "relu" as const,
    "relu6" as const,
    "elu" as const,
    "sigmoid" as const,
    "leakyrelu" as const,
    "prelu" as const,
  );
  return {
    "fused matMul": fc.tuple(extent, channels, channels, activation, fc.boolean()).map((
      [rows, from, to, activation, isBiased],
    ): KernelCase => ({
      name: caseName("fused matMul", { rows, from, to, activation, isBiased }),
      inputs: [
        scattered([rows, from]),
        scattered([from, to], { salt: 1 }),
        scattered([to], { salt: 2 }),
      ],
      run: (a, b, bias) =>
        tf.fused.matMul({
          a: a!,
          b: b!,
          ...(isBiased ? { bias: bias! } : {}),
          activation,
          preluActivationWeights: bias!,
          leakyreluAlpha: 0.3,
        }),
      gradients: differentiable(activation, isBiased ? [0, 1, 2] : [0, 1]),
    })),
    "fused conv2d": fc.tuple(short, short, channels, channels, activation).map((
      [batch, edge, from, to, activation],
    ): KernelCase => ({
      name: caseName("fused conv2d", { batch, edge, from, to, activation }),
      inputs: [
        scattered([batch, edge, edge, from]),
        scattered([3, 3, from, to], { salt: 1 }),
        scattered([to], { salt: 2 }),
      ],
      run: (x, filter, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: "same",
          bias: bias!,
          activation,
          preluActivationWeights: bias!,
          leakyreluAlpha: 0.3,
        }),
      gradients: differentiable(activation, [0, 1, 2]),
    })),
    "fused depthwiseConv2d": fc.tuple(short, short, channels, activation).map((
      [batch, edge, depth, activation],
    ): KernelCase => ({
      name: caseName("fused depthwiseConv2d", { batch, edge, depth, activation }),
      inputs: [
        scattered([batch, edge, edge, depth]),
        scattered([3, 3, depth, 1], { salt: 1 }),
        scattered([depth], { salt: 2 }),
      ],
      run: (x, filter, bias) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: "same",
          bias: bias!,
          activation,
          preluActivationWeights: bias!,
          leakyreluAlpha: 0.3,
        }),
      gradients: differentiable(activation, [0, 1, 2]),
    })),
  };
}

/** tfjs-core 4.22 can differentiate a fused kernel behind these only. */
function differentiable(activation: string, all: readonly number[]): "none" | readonly number[] {
  return ["linear", "relu", "relu6"].includes(activation) ? all : "none";
}
