import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../../support/host_tensor.ts";
import { scattered, scatteredIntegers } from "../../support/host_tensor.ts";
import type { KernelCase } from "../../support/kernel_suite.ts";
import {
  convolved,
  convolvedFilter,
  convolvedImages,
  inputs,
  inputsIn,
} from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Range = readonly [low: number, high: number];

/** Where each function is defined, smooth (so that a kink is not met by rounding) and of use. */
const everywhere: Record<string, Unary> = {
  abs: tf.abs,
  atan: tf.atan,
  clipByValue: (x) => tf.clipByValue(x, -0.4, 0.6),
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  neg: tf.neg,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  square: tf.square,
  tanh: tf.tanh,
  xSigmoid: (x) => tf.mul(x, tf.sigmoid(x)),
};

const positive: Record<string, Unary> = {
  log: tf.log,
  log1p: tf.log1p,
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  sqrt: tf.sqrt,
  tan: tf.tan,
  asin: tf.asin,
  acos: tf.acos,
  asinh: tf.asinh,
  atanh: tf.atanh,
};

/** Piecewise constant: the gradient is zero everywhere or not defined in tfjs. */
const withoutGradient: Record<string, Unary> = {
  ceil: tf.ceil,
  floor: tf.floor,
  round: tf.round,
  sign: tf.sign,
  step: tf.step,
  stepWithSlope: (x) => tf.step(x, 0.3),
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  toInt: (x) => tf.cast(tf.mul(x, 10), "int32"),
  toBool: (x) => tf.cast(tf.round(x), "bool"),
  zerosLike: tf.zerosLike,
  onesLike: tf.onesLike,
  // Differentiable, but tfjs-core 4.22 disposes what its gradient needs.
  logSigmoid: tf.logSigmoid,
};

const shapes: readonly (readonly number[])[] = [[], [1], [7], [2, 3, 5, 17]];

/** Where the libraries' approximations are worse than float32 rounding. */
const tolerances: Readonly<Record<string, number>> = {
  // ONNX Runtime's polynomial is good to 5e-7 absolute, tfjs's to 1.5e-7 (Abramowitz, Stegun 7.1.26).
  erf: 1e-5,
  // ONNX Runtime's rational function is good to 1.2e-7 absolute, so sigmoid(-11) is off by 0.5 %;
  // relative to the smallest magnitude that counts here, 1e-3.
  sigmoid: 2e-4,
};

const cases: KernelCase[] = [
  ...onShapes(everywhere, [-1, 1]),
  ...onShapes(positive, [0.2, 0.9]),
  ...onShapes(withoutGradient, [-3, 3], "none"),
  ...afterConvolution(everywhere, [-1, 1], [-1, 1]),
  ...afterConvolution(positive, [0.2, 0.9], [0.02, 0.06]),
  ...afterConvolution(withoutGradient, [-1, 1], [-1, 1], "none"),
  { name: "acosh", inputs: inputsIn([1.2, 4], [2, 5]), run: tf.acosh },
  ...onWideRanges(),
  ...onSpecialValues(),
  {
    name: "prelu per channel",
    inputs: inputs([2, 3, 5, 16], [16]),
    run: (x, alpha) => tf.prelu(x!, alpha!),
  },
  {
    name: "integers to float",
    inputs: [scatteredIntegers([3, 7], { low: -9, high: 9 })],
    run: (x) => tf.cast(x!, "float32"),
  },
  {
    name: "abs of integers",
    inputs: [scatteredIntegers([3, 7], { low: -9, high: 9 })],
    run: tf.abs,
  },
  {
    name: "neg of integers",
    inputs: [scatteredIntegers([3, 7], { low: -9, high: 9 })],
    run: tf.neg,
  },
  {
    name: "chain of ten",
    inputs: inputs([3, 16]),
    run: (x) => {
      let y = x!;
      for (let i = 0; i < 5; i++) y = tf.add(tf.tanh(y), tf.sigmoid(tf.mul(y, 0.5 + i)));
      return y;
    },
  },
];

testKernels("unary", cases);

function onShapes(
  functions: Record<string, Unary>,
  range: Range,
  gradients: "all" | "none" = "all",
): KernelCase[] {
  return Object.entries(functions).flatMap(([name, run]) =>
    shapes.map((shape) => ({
      name: `${name} of [${shape}]`,
      inputs: inputsIn(range, shape),
      run,
      gradients,
    }))
  );
}

function afterConvolution(
  functions: Record<string, Unary>,
  images: Range,
  filter: Range,
  gradients: "all" | "none" = "all",
): KernelCase[] {
  return Object.entries(functions).map(([name, run]) => ({
    name: `${name} after a convolution`,
    inputs: [
      scattered(convolvedImages, { low: images[0], high: images[1] }),
      scattered(convolvedFilter, { low: filter[0], high: filter[1], salt: 1 }),
    ],
    run: (x: tf.Tensor, w: tf.Tensor) => run(convolved(x, w)),
    gradients,
  }));
}

/** Saturated and tiny arguments, apart, so that large results do not hide small ones. */
function onWideRanges(): KernelCase[] {
  const wide: readonly (readonly [string, Unary, Range])[] = [
    ["exp", tf.exp, [-20, -15]],
    ["exp", tf.exp, [10, 15]],
    ["expm1", tf.expm1, [0.01, 0.02]],
    ["log", tf.log, [1e-6, 1e-5]],
    ["log1p", tf.log1p, [0.01, 0.02]],
    ["rsqrt", tf.rsqrt, [1e-6, 1e-5]],
    ["sigmoid", tf.sigmoid, [-15, -10]],
    ["sigmoid", tf.sigmoid, [20, 90]],
    ["sigmoid", tf.sigmoid, [-90, -20]],
    ["tanh", tf.tanh, [-30, 30]],
    ["tanh", tf.tanh, [1e-4, 2e-4]],
    ["softplus", tf.softplus, [-30, 30]],
    ["sin", tf.sin, [-400, 400]],
    ["cos", tf.cos, [-400, 400]],
    ["erf", tf.erf, [-4, 4]],
    ["elu", tf.elu, [-30, 3]],
    ["selu", tf.selu, [-30, 3]],
  ];
  return wide.map(([name, run, range]) => ({
    name: `${name} in [${range}]`,
    inputs: inputsIn(range, [5, 9]),
    run,
    ...(tolerances[name] === undefined ? {} : { tolerance: tolerances[name] }),
  }));
}

function onSpecialValues(): KernelCase[] {
  const special: HostTensor = {
    shape: [6],
    dtype: "float32",
    data: Float32Array.of(NaN, Infinity, -Infinity, 0, 1, -2),
  };
  const functions: Record<string, Unary> = {
    abs: tf.abs,
    exp: tf.exp,
    isFinite: tf.isFinite,
    isInf: tf.isInf,
    isNaN: tf.isNaN,
    log: tf.log,
    neg: tf.neg,
    relu: tf.relu,
    sqrt: tf.sqrt,
    square: tf.square,
    tanh: tf.tanh,
  };
  return Object.entries(functions).map(([name, run]) => ({
    name: `${name} of NaN and infinities`,
    inputs: [special],
    run,
    gradients: "none",
  }));
}
