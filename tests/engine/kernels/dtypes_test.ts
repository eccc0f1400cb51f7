/**
 * Every operator on every dtype: either the "cpu" backend's result, or an error of tfjs's or ours
 * that names the dtype. ONNX Runtime's complaints are about nodes that nobody wrote.
 */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../../engine/create_engine.ts";
import {
  type HostTensor,
  scattered,
  scatteredBooleans,
  scatteredIntegers,
} from "../../support/host_tensor.ts";
import { kernelFailure } from "../../support/kernel_suite.ts";

type Run = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const makers: Readonly<Record<string, (salt: number) => HostTensor>> = {
  float32: (salt) => scattered([3, 4], { low: 1.1, high: 2, salt }),
  int32: (salt) => scatteredIntegers([3, 4], { low: 1, high: 4, salt }),
  bool: (salt) => ({ ...scatteredBooleans([3, 4], salt), data: new Uint8Array(12).fill(1) }),
};

const image = (x: tf.Tensor) => tf.reshape(x, [1, 3, 4, 1]) as tf.Tensor4D;
const filter = (x: tf.Tensor) => tf.reshape(x, [3, 4, 1, 1]) as tf.Tensor4D;

const unary: readonly ((x: tf.Tensor) => tf.Tensor)[] = [
  tf.abs,
  tf.acosh,
  tf.asinh,
  tf.atan,
  tf.ceil,
  tf.cos,
  tf.cosh,
  tf.elu,
  tf.erf,
  tf.exp,
  tf.expm1,
  tf.floor,
  tf.isFinite,
  tf.isInf,
  tf.isNaN,
  tf.leakyRelu,
  tf.log,
  tf.log1p,
  tf.logicalNot,
  tf.neg,
  tf.reciprocal,
  tf.relu,
  tf.relu6,
  tf.round,
  tf.rsqrt,
  tf.selu,
  tf.sigmoid,
  tf.sign,
  tf.sin,
  tf.sinh,
  tf.softplus,
  tf.sqrt,
  tf.square,
  tf.step,
  tf.tan,
  tf.tanh,
  tf.all,
  tf.any,
  tf.argMax,
  tf.argMin,
  tf.cumprod,
  tf.cumsum,
  tf.logSoftmax,
  tf.logSumExp,
  tf.max,
  tf.mean,
  tf.min,
  tf.prod,
  tf.softmax,
  tf.sum,
  tf.reverse,
];

const others: Readonly<Record<string, Run>> = {
  clipByValue: (x) => tf.clipByValue(x, 1, 2),
  topk: (x) => tf.topk(x, 2).values,
  gather: (x) => tf.gather(x, [0, 2]),
  pad: (x) => tf.pad(x, [[1, 0], [0, 2]]),
  mirrorPad: (x) => tf.mirrorPad(x, [[1, 1], [1, 1]], "reflect"),
  tile: (x) => tf.tile(x, [2, 1]),
  transpose: (x) => tf.transpose(x),
  slice: (x) => tf.slice(x, [1, 1], [2, 2]),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 3], [3, 0], [2, -1]),
  unstack: (x) => tf.stack(tf.unstack(x)),
  split: (x) => tf.concat(tf.split(x, 2, 1), 0),
  diag: (x) => tf.diag(tf.reshape(x, [12])),
  spaceToBatchND: (x) => tf.spaceToBatchND(image(x), [1, 2], [[0, 0], [0, 0]]),
  depthToSpace: (x) => tf.depthToSpace(tf.reshape(x, [1, 3, 1, 4]) as tf.Tensor4D, 2),
  oneHot: (x) => tf.oneHot(tf.cast(x, "int32"), 3),
  // Of integers the "cpu" backend makes floats; sums of integers are integers here.
  unsortedSegmentSum: (x) =>
    tf.unsortedSegmentSum(tf.cast(x, "float32"), tf.tensor1d([0, 1, 0], "int32"), 2),
  maxPool: (x) => tf.maxPool(image(x), 2, 1, "same"),
  avgPool: (x) => tf.avgPool(image(x), 2, 1, "same"),
  resizeNearestNeighbor: (x) => tf.image.resizeNearestNeighbor(image(x), [6, 8]),
  resizeNearestNeighborUneven: (x) => tf.image.resizeNearestNeighbor(image(x), [5, 3]),
  resizeBilinear: (x) => tf.image.resizeBilinear(image(x), [5, 8]),
  flipLeftRight: (x) => tf.image.flipLeftRight(image(x)),
  localResponseNormalization: (x) => tf.localResponseNormalization(image(x)),
  batchNorm: (x) => tf.batchNorm(image(x), tf.tensor1d([1]), tf.tensor1d([1])),
  prelu: (x, y) => tf.prelu(x, y),
  conv2d: (x, y) => tf.conv2d(image(x), filter(y), 1, "same"),
  depthwiseConv2d: (x, y) => tf.depthwiseConv2d(image(x), filter(y), 1, "same"),
  dilation2d: (x, y) => tf.dilation2d(image(x), tf.reshape(y, [3, 4, 1]) as tf.Tensor3D, 1, "same"),
  matMul: (x, y) => tf.matMul(x, y, false, true),
  einsum: (x, y) => tf.einsum("ij,kj->ik", x, y),
  addN: (x, y) => tf.addN([x, y]),
  concat: (x, y) => tf.concat([x, y], 0),
  stack: (x, y) => tf.stack([x, y]),
  where: (x, y) => tf.where(tf.tensor2d([[1, 0, 1, 0]], [1, 4], "bool"), x, y),
  scatterND: (x) => tf.scatterND(tf.tensor2d([[1], [0], [4]], [3, 1], "int32"), x, [5, 4]),
  tensorScatterUpdate: (x, y) =>
    tf.tensorScatterUpdate(x, tf.tensor2d([[1]], [1, 1], "int32"), tf.slice(y, 0, 1)),
};

const pairs: readonly Run[] = [
  tf.add,
  tf.atan2,
  tf.div,
  tf.equal,
  tf.floorDiv,
  tf.greater,
  tf.greaterEqual,
  tf.less,
  tf.lessEqual,
  tf.logicalAnd,
  tf.logicalOr,
  tf.logicalXor,
  tf.maximum,
  tf.minimum,
  tf.mod,
  tf.mul,
  tf.notEqual,
  tf.pow,
  tf.squaredDifference,
  tf.sub,
];

Deno.test("operators of one tensor take each dtype as the cpu backend does, or say what they need", async () => {
  const named = unary.map((run): [string, Run] => [run.name, (x) => run(x)]);
  await assertDtypes([...named, ...Object.entries(others)], (dtype) => [[dtype, dtype]]);
});

Deno.test("operators of two tensors take each pair of dtypes as the cpu backend does, or say what they need", async () => {
  const named = pairs.map((run): [string, Run] => [run.name, run]);
  await assertDtypes(named, (dtype) => Object.keys(makers).map((other) => [dtype, other]));
});

async function assertDtypes(
  runs: readonly (readonly [string, Run])[],
  pairsWith: (dtype: string) => readonly (readonly [string, string])[],
): Promise<void> {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const failures: string[] = [];
  for (const [name, run] of runs) {
    for (const [a, b] of Object.keys(makers).flatMap(pairsWith)) {
      const failure = await kernelFailure(engine, "compiled", {
        name: `${name} of ${a} and ${b}`,
        inputs: [makers[a]!(0), makers[b]!(1)],
        run: (x, y) => run(x!, y!),
        gradients: "none",
      });
      if (failure !== null && !saysDtype(failure)) failures.push(failure.slice(0, 300));
    }
  }
  engine.dispose();
  assert.equal(failures.length, 0, failures.join("\n"));
}

/** Errors of tfjs and of ours, both before anything is compiled. */
function saysDtype(failure: string): boolean {
  return /must be (a )?(float32|bool|int32|numeric)|dtype must be|as dtype|requires (float32|int32|bool).*cast it/
    .test(failure);
}
