import * as tf from "@tensorflow/tfjs-core";
import type { KernelCase } from "../../support/kernel_suite.ts";
import {
  convolved,
  convolvedFilter,
  convolvedImages,
  inputs,
} from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Shape = readonly number[];

/** Leading axes of both sides: none, equal, and broadcast in either direction. */
const batches: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[1], [1]],
  [[3], [3]],
  [[2, 3], [2, 3]],
];

const sizes: readonly (readonly [rows: number, inner: number, columns: number])[] = [
  [1, 1, 1],
  [3, 5, 4],
  [1, 17, 3],
  [16, 48, 1],
  [33, 7, 19],
];

const cases: KernelCase[] = [
  ...sizes.flatMap((size) =>
    batches.flatMap((batch) =>
      [false, true].flatMap((transposeA) =>
        [false, true].map((transposeB) => product(size, batch, transposeA, transposeB))
      )
    )
  ),
  {
    name: "matMul with a broadcast batch",
    inputs: inputs([3, 4, 5], [5, 2]),
    run: (a, b) => tf.matMul(a!, b!),
    // tfjs-core 4.22 does not sum the broadcast side's gradient.
    gradients: "none",
  },
  ...["ij,jk->ik", "ij,jk->ki"].map((equation): KernelCase => ({
    name: `einsum ${equation}`,
    inputs: inputs([3, 5], [5, 4]),
    run: (a, b) => tf.einsum(equation, a!, b!),
    // tfjs-core 4.22 has none, and its "cpu" kernel sums over one index only.
    gradients: "none",
  })),
  { name: "dot of vectors", inputs: inputs([7], [7]), run: (a, b) => tf.dot(a!, b!) },
  {
    name: "outer product",
    inputs: inputs([7], [5]),
    run: (a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D),
  },
  {
    name: "linear layer with bias",
    inputs: inputs([16, 17], [17, 33], [33]),
    run: (x, w, b) => tf.relu(tf.add(tf.matMul(x!, w!), b!)),
  },
  {
    name: "linear layer on the pixels of a convolution",
    inputs: inputs(convolvedImages, convolvedFilter, [16, 16]),
    run: (x, filter, w) => tf.matMul(tf.reshape(convolved(x!, filter!), [-1, 16]), w!),
  },
  {
    name: "self-attention",
    inputs: inputs([2, 9, 8], [2, 9, 8], [2, 9, 8]),
    run: (q, k, v) => {
      const scores = tf.mul(tf.matMul(q!, k!, false, true), 1 / Math.sqrt(8));
      return tf.matMul(tf.softmax(scores), v!);
    },
  },
  {
    name: "a matrix times itself",
    inputs: inputs([5, 5]),
    run: (x) => tf.matMul(x!, x!, true, false),
  },
];

testKernels("matMul", cases);

function product(
  [rows, inner, columns]: readonly [number, number, number],
  [batchA, batchB]: readonly [Shape, Shape],
  transposeA: boolean,
  transposeB: boolean,
): KernelCase {
  const a = [...batchA, ...(transposeA ? [inner, rows] : [rows, inner])];
  const b = [...batchB, ...(transposeB ? [columns, inner] : [inner, columns])];
  return {
    name: `matMul of [${a}]${transposeA ? "ᵀ" : ""} and [${b}]${transposeB ? "ᵀ" : ""}`,
    inputs: inputs(a, b),
    run: (left, right) => tf.matMul(left!, right!, transposeA, transposeB),
  };
}
