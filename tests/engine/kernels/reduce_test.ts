import * as tf from "@tensorflow/tfjs-core";
import { scatteredBooleans, scatteredIntegers } from "../../support/host_tensor.ts";
import type { KernelCase } from "../../support/kernel_suite.ts";
import {
  convolved,
  convolvedFilter,
  convolvedImages,
  inputs,
} from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Reduce = (x: tf.Tensor, axes?: number[], keepDims?: boolean) => tf.Tensor;

const reductions: Record<string, Reduce> = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min };

const axesOf: Readonly<Record<number, readonly (readonly number[])[]>> = {
  1: [[0], [-1]],
  2: [[0], [1], [0, 1]],
  4: [[0], [1], [2], [3], [-1], [-2], [1, 2], [-3, -2], [0, 1, 2], [1, 3], [0, 3], [0, 1, 2, 3]],
};

const shapes: readonly (readonly number[])[] = [[1], [7], [3, 5], [1, 9], [2, 3, 5, 16], [
  2,
  1,
  3,
  17,
]];

const cases: KernelCase[] = [
  ...Object.entries(reductions).flatMap(([name, reduce]) => [
    ...shapes.flatMap((shape) => alongAllAxes(name, reduce, shape)),
    ...afterConvolution(name, reduce),
    { name: `${name} of everything`, inputs: inputs([3, 4, 5]), run: (x: tf.Tensor) => reduce(x) },
    { name: `${name} of a scalar`, inputs: inputs([]), run: (x: tf.Tensor) => reduce(x) },
  ]),
  ...argumentCases(),
  ...otherCases(),
];

testKernels("reduce", cases);

function alongAllAxes(name: string, reduce: Reduce, shape: readonly number[]): KernelCase[] {
  return (axesOf[shape.length] ?? []).flatMap((axes) =>
    [true, false].map((keepDims) => ({
      name: `${name} of [${shape}] over [${axes}]${keepDims ? ", keeping axes" : ""}`,
      inputs: inputs(shape),
      run: (x: tf.Tensor) => reduce(x, [...axes], keepDims),
    }))
  );
}

function afterConvolution(name: string, reduce: Reduce): KernelCase[] {
  return axesOf[4]!.flatMap((axes) =>
    [true, false].map((keepDims) => ({
      name: `${name} of a convolution over [${axes}]${keepDims ? ", keeping axes" : ""}`,
      inputs: inputs(convolvedImages, convolvedFilter),
      // Squared, so that the gradient is not the same everywhere; 0.2 keeps tanh from saturating,
      // where its derivative 1 - y² has no accurate digits left.
      run: (x: tf.Tensor, w: tf.Tensor) =>
        tf.square(reduce(tf.tanh(tf.mul(convolved(x, w), 0.2)), [...axes], keepDims)),
    }))
  );
}

function argumentCases(): KernelCase[] {
  return [0, 1, 2, 3, -1].flatMap((axis) => [
    {
      name: `argMax over ${axis}`,
      inputs: inputs([2, 3, 5, 16]),
      run: (x: tf.Tensor) => tf.argMax(x, axis),
      gradients: "none" as const,
    },
    {
      name: `argMin over ${axis}`,
      inputs: inputs([2, 3, 5, 16]),
      run: (x: tf.Tensor) => tf.argMin(x, axis),
      gradients: "none" as const,
    },
  ]);
}

function otherCases(): KernelCase[] {
  return [
    { name: "prod", inputs: inputs([3, 4, 5]), run: (x) => tf.prod(x!, [1]) },
    { name: "all", inputs: [scatteredBooleans([2, 6])], run: (x) => tf.all(x!, 0) },
    { name: "any", inputs: [scatteredBooleans([2, 6])], run: (x) => tf.any(x!, 0, true) },
    {
      name: "sum of integers",
      inputs: [scatteredIntegers([3, 7], { low: -9, high: 9 })],
      run: (x) => tf.sum(x!, 1),
    },
    {
      name: "max of integers",
      inputs: [scatteredIntegers([3, 7], { low: -9, high: 9 })],
      run: (x) => tf.max(x!, 0),
    },
    {
      name: "sum of booleans counts",
      inputs: [scatteredBooleans([3, 7])],
      run: (x) => tf.sum(x!),
    },
    {
      name: "cumsum",
      inputs: inputs([3, 7]),
      run: (x) => tf.cumsum(x!, 1),
    },
    {
      name: "cumsum, exclusive and reversed",
      inputs: inputs([3, 7]),
      run: (x) => tf.cumsum(x!, 0, true, true),
      gradients: "none", // tfjs-core 4.22 transposes the gradient over any axis but the last.
    },
    {
      name: "moments",
      inputs: inputs([2, 3, 5, 16]),
      run: (x) => {
        const { mean, variance } = tf.moments(x!, [1, 2]);
        return tf.add(mean, tf.sqrt(variance));
      },
    },
    { name: "logSumExp", inputs: inputs([3, 7]), run: (x) => tf.logSumExp(x!, 1) },
    { name: "euclidean norm", inputs: inputs([3, 7]), run: (x) => tf.norm(x!) },
    {
      name: "mean squared difference",
      inputs: inputs([2, 3, 5, 16], [2, 3, 5, 16]),
      run: (a, b) => tf.mean(tf.square(tf.sub(a!, b!))),
    },
  ];
}
