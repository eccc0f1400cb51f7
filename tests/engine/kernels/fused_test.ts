import * as tf from "@tensorflow/tfjs-core";
import type { KernelCase } from "../../support/kernel_suite.ts";
import { inputs } from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const;

/** tfjs-core 4.22 can differentiate a fused kernel behind these only. */
const differentiable: readonly string[] = ["linear", "relu", "relu6"];

const cases: KernelCase[] = activations.flatMap((activation): KernelCase[] => {
  const gradients = differentiable.includes(activation) ? "all" : "none";
  return [
    {
      name: `fused matMul with bias and ${activation}`,
      inputs: inputs([5, 17], [17, 16], [16]),
      run: (a, b, bias) =>
        tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation, leakyreluAlpha: 0.1 }),
      gradients,
    },
    {
      name: `fused conv2d with bias and ${activation}`,
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 16], [16]),
      run: (x, filter, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: "same",
          bias: bias!,
          activation,
          leakyreluAlpha: 0.1,
        }),
      gradients,
    },
    {
      name: `fused depthwiseConv2d with bias and ${activation}`,
      inputs: inputs([2, 6, 5, 3], [3, 3, 3, 1], [3]),
      run: (x, filter, bias) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: "same",
          bias: bias as tf.Tensor1D,
          activation,
          leakyreluAlpha: 0.1,
        }),
      gradients,
    },
  ];
});

testKernels("fused", [
  ...cases,
  {
    name: "fused matMul, transposed, without bias",
    inputs: inputs([17, 5], [16, 17]),
    run: (a, b) => tf.fused.matMul({ a: a!, b: b!, transposeA: true, transposeB: true }),
  },
]);
