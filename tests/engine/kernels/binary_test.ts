import * as tf from "@tensorflow/tfjs-core";
import { scattered, scatteredBooleans, scatteredIntegers } from "../../support/host_tensor.ts";
import type { KernelCase } from "../../support/kernel_suite.ts";
import {
  convolved,
  convolvedFilter,
  convolvedImages,
  inputs,
  inputsIn,
} from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type Shape = readonly number[];

const arithmetic: Record<string, Binary> = { add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div };

/** tfjs-core 4.22 has no gradient for these when one side is broadcast. */
const withoutBroadcastGradient: Record<string, Binary> = {
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
};

const comparisons: Record<string, Binary> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
};

const logical: Record<string, Binary> = {
  and: tf.logicalAnd,
  or: tf.logicalOr,
  xor: tf.logicalXor,
};

/** Every position a broadcast can take, on both sides, with and without a missing axis. */
const shapePairs: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[1], []],
  [[], [3, 4]],
  [[3, 4], []],
  [[5], [5]],
  [[3, 4], [4]],
  [[4], [3, 4]],
  [[3, 4], [3, 1]],
  [[3, 1], [1, 4]],
  [[1], [3, 4]],
  [[2, 3, 5, 16], [2, 3, 5, 16]],
  [[2, 3, 5, 16], [16]],
  [[2, 3, 5, 17], [17]],
  [[2, 3, 5, 16], [2, 1, 1, 16]],
  [[2, 3, 5, 16], [1, 3, 5, 1]],
  [[2, 3, 5, 16], [5, 1]],
  [[2, 3, 5, 16], [3, 1, 1]],
  [[2, 3, 5, 16], [2, 1, 1, 1]],
  [[2, 3, 5, 16], [1]],
  [[2, 1, 5, 1], [3, 1, 16]],
  [[2, 3, 2, 3, 4], [2, 1, 4]],
];

/** What may stand beside the result of a convolution. */
const besideConvolution: readonly Shape[] = [
  [],
  [1],
  [16],
  [1, 1, 1, 16],
  [2, 1, 1, 16],
  [2, 1, 1, 1],
  [3, 5, 1],
  [5, 16],
  [1, 1, 5, 16],
  [2, 3, 5, 16],
];

const cases: KernelCase[] = [
  ...onPairs(arithmetic, "all"),
  ...onPairs(withoutBroadcastGradient, "when equal"),
  ...onPairs({ pow: tf.pow }, "all"),
  ...onPairs(comparisons, "none"),
  ...besideConvolutions(arithmetic, "all"),
  ...besideConvolutions(withoutBroadcastGradient, "when equal"),
  ...besideConvolutions({ greater: tf.greater }, "none"),
  bothConvolved("add", tf.add),
  bothConvolved("mul", tf.mul),
  bothConvolved("sub", tf.sub),
  ...integerCases(),
  ...booleanCases(),
  ...otherCases(),
];

testKernels("binary", cases);

function onPairs(
  functions: Record<string, Binary>,
  gradients: "all" | "none" | "when equal",
): KernelCase[] {
  return Object.entries(functions).flatMap(([name, run]) =>
    shapePairs.map(([a, b]) => ({
      name: `${name} of [${a}] and [${b}]`,
      inputs: name in comparisons ? roundedInputs(a, b) : inputsIn([0.3, 2], a, b),
      run,
      gradients: gradientsOf(gradients, a, b),
    }))
  );
}

/** Values from a small set, so that equality happens. */
function roundedInputs(...shapes: readonly Shape[]) {
  return inputsIn([-2, 3], ...shapes).map((input) => ({
    ...input,
    data: input.data.map(Math.round),
  }));
}

function gradientsOf(gradients: "all" | "none" | "when equal", a: Shape, b: Shape) {
  if (gradients !== "when equal") return gradients;
  return String(a) === String(b) ? "all" : "none";
}

function besideConvolutions(
  functions: Record<string, Binary>,
  gradients: "all" | "none" | "when equal",
): KernelCase[] {
  return Object.entries(functions).flatMap(([name, run]) =>
    besideConvolution.flatMap((shape): KernelCase[] => {
      const operands = [
        ...inputs(convolvedImages, convolvedFilter),
        scattered(shape, { low: 0.5, high: 2, salt: 2 }),
      ];
      const wanted = gradientsOf(gradients, shape, convolvedImages);
      return [
        {
          name: `${name} of a convolution and [${shape}]`,
          inputs: operands,
          run: (x, w, other) => run(convolved(x!, w!), other!),
          gradients: wanted,
        },
        {
          name: `${name} of [${shape}] and a convolution`,
          inputs: operands,
          // Away from zero: a quotient's error grows without bound there, on every backend.
          run: (x, w, other) => run(other!, tf.add(convolved(x!, w!), 12)),
          gradients: wanted,
        },
      ];
    })
  );
}

function bothConvolved(name: string, run: Binary): KernelCase {
  return {
    name: `${name} of two convolutions`,
    inputs: inputs(convolvedImages, convolvedFilter, convolvedFilter),
    run: (x, v, w) => run(convolved(x!, v!), convolved(x!, w!)),
  };
}

function integerCases(): KernelCase[] {
  const functions: Record<string, Binary> = {
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    floorDiv: tf.floorDiv,
    mod: tf.mod,
    maximum: tf.maximum,
    minimum: tf.minimum,
    ...comparisons,
  };
  return Object.entries(functions).map(([name, run]) => ({
    name: `${name} of integers`,
    inputs: [
      scatteredIntegers([4, 7], { low: -20, high: 20 }),
      scatteredIntegers([7], { low: 1, high: 9, salt: 1 }),
    ],
    run,
  }));
}

function booleanCases(): KernelCase[] {
  const pairs: readonly (readonly [Shape, Shape])[] = [[[4, 7], [4, 7]], [[4, 7], [7]], [[], [7]]];
  const binary = Object.entries(logical).flatMap(([name, run]) =>
    pairs.map(([a, b]): KernelCase => ({
      name: `${name} of [${a}] and [${b}]`,
      inputs: [scatteredBooleans(a), scatteredBooleans(b, 1)],
      run,
    }))
  );
  return [
    ...binary,
    { name: "not", inputs: [scatteredBooleans([4, 7])], run: tf.logicalNot },
    {
      name: "booleans to float",
      inputs: [scatteredBooleans([4, 7])],
      run: (x) => tf.cast(x!, "float32"),
    },
    {
      name: "booleans to integers",
      inputs: [scatteredBooleans([4, 7])],
      run: (x) => tf.cast(x!, "int32"),
    },
    {
      name: "comparison used as a factor",
      inputs: inputs([4, 7], [4, 7]),
      run: (a, b) => tf.mul(a!, tf.cast(tf.greater(b!, 0.1), "float32")),
      gradients: [0],
    },
  ];
}

function otherCases(): KernelCase[] {
  return [
    { name: "atan2", inputs: inputs([3, 4], [3, 4]), run: (a, b) => tf.atan2(a!, b!) },
    {
      name: "mod",
      inputs: [...inputsIn([-9, 9], [3, 4]), scattered([3, 4], { low: 1, high: 3, salt: 1 })],
      run: (a, b) => tf.mod(a!, b!),
    },
    {
      name: "pow with an integer exponent of negative numbers",
      inputs: inputs([3, 4]),
      run: (x) => tf.pow(x!, tf.scalar(2, "int32")),
    },
    {
      name: "addN",
      inputs: inputs([3, 4], [3, 4], [3, 4]),
      run: (...all) => tf.addN(all),
    },
    {
      name: "where, with a condition from outside",
      inputs: [scatteredBooleans([4, 7]), ...inputs([4, 7], [4, 7])],
      run: (condition, a, b) => tf.where(condition!, a!, b!),
    },
    {
      name: "where after a convolution",
      inputs: [scatteredBooleans(convolvedImages), ...inputs(convolvedImages, convolvedFilter)],
      run: (condition, x, w) => tf.where(condition!, convolved(x!, w!), x!),
    },
    {
      name: "scalars on both sides of everything",
      inputs: inputs([3, 4]),
      run: (x) => tf.sub(2, tf.div(1, tf.add(3, tf.mul(x!, 0.5)))),
    },
    { name: "x + x", inputs: inputs([3, 4]), run: (x) => tf.add(x!, x!) },
    { name: "x * x * x", inputs: inputs([3, 4]), run: (x) => tf.mul(x!, tf.mul(x!, x!)) },
    { name: "x - x", inputs: inputs([3, 4]), run: (x) => tf.sub(x!, x!) },
    {
      name: "captured constants: uniform, small and large",
      inputs: inputs([40, 60]),
      run: (x) => {
        const large = tf.tensor2d(Float32Array.from({ length: 2400 }, (_, i) => Math.sin(i)), [
          40,
          60,
        ]);
        return tf.add(tf.mul(x!, large), tf.mul(tf.ones([40, 60]), tf.tensor1d([1, 2, 3]).sum()));
      },
    },
  ];
}
