import * as tf from "@tensorflow/tfjs-core";
import { scatteredBooleans, scatteredIntegers } from "../../support/host_tensor.ts";
import type { KernelCase } from "../../support/kernel_suite.ts";
import { convolved, inputs } from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Shape = readonly number[];

const cases: KernelCase[] = [
  ...reshapes(),
  ...transposes(),
  ...concats(),
  ...slices(),
  ...pads(),
  ...gathers(),
  ...splits(),
  ...tilesAndReversals(),
  ...constants(),
];

testKernels("shape", cases);

function reshapes(): KernelCase[] {
  const pairs: readonly (readonly [Shape, Shape])[] = [
    [[], [1, 1]],
    [[1], []],
    [[6], [2, 3]],
    [[2, 3, 5, 16], [2, -1]],
    [[2, 15, 16], [2, 3, 5, 16]],
    [[1, 3, 1, 4], [3, 4]],
  ];
  return [
    ...pairs.map(([from, to]): KernelCase => ({
      name: `reshape [${from}] to [${to}]`,
      inputs: inputs(from),
      run: (x) => tf.reshape(x!, [...to]),
    })),
    ...blocked("reshape", [2, 3, 5, 32], (x) => tf.mul(tf.reshape(x, [2, 15, 4, 8]), 2)),
    ...blocked("flatten", [2, 3, 5, 32], (x) => tf.reshape(x, [2, -1])),
    { name: "expandDims", inputs: inputs([3, 4]), run: (x) => tf.expandDims(x!, 1) },
    { name: "squeeze", inputs: inputs([3, 1, 4, 1]), run: (x) => tf.squeeze(x!, [1]) },
    { name: "the input itself", inputs: inputs([3, 4]), run: (x) => tf.clone(x!) },
    {
      name: "reshape of integers",
      inputs: [scatteredIntegers([6], { low: -5, high: 5 })],
      run: (x) => tf.reshape(x!, [3, 2]),
    },
  ];
}

function transposes(): KernelCase[] {
  const permutations: readonly (readonly [Shape, Shape])[] = [
    [[3, 4], [1, 0]],
    [[2, 3, 4], [0, 2, 1]],
    [[2, 3, 4], [2, 0, 1]],
    [[2, 3, 5, 16], [0, 3, 1, 2]],
    [[2, 16, 3, 5], [0, 2, 3, 1]],
    [[2, 3, 5, 16], [3, 2, 1, 0]],
    [[2, 3, 2, 3, 2], [0, 1, 3, 2, 4]],
  ];
  return [
    ...permutations.map(([shape, permutation]): KernelCase => ({
      name: `transpose [${shape}] by [${permutation}]`,
      inputs: inputs(shape),
      run: (x) => tf.transpose(x!, [...permutation]),
    })),
    ...blocked("transpose", [2, 3, 5, 32], (x) => tf.transpose(x, [0, 3, 1, 2])),
    ...blocked("space to depth", [2, 4, 6, 16], (x) =>
      tf.reshape(
        tf.transpose(tf.reshape(x, [2, 2, 2, 3, 2, 16]), [0, 1, 3, 2, 4, 5]),
        [2, 2, 3, 64],
      )),
    ...blocked("depth to space", [2, 2, 3, 64], (x) =>
      tf.reshape(
        tf.transpose(tf.reshape(x, [2, 2, 3, 2, 2, 16]), [0, 1, 3, 2, 4, 5]),
        [2, 4, 6, 16],
      )),
    {
      name: "tf.depthToSpace",
      inputs: inputs([2, 3, 3, 16]),
      run: (x) => tf.depthToSpace(x as tf.Tensor4D, 2),
      gradients: "none", // tfjs-core 4.22 has none.
    },
    {
      name: "transpose of booleans",
      inputs: [scatteredBooleans([3, 4])],
      run: (x) => tf.transpose(x!),
    },
  ];
}

function concats(): KernelCase[] {
  const parts: readonly (readonly [axis: number, ...Shape[]])[] = [
    [0, [2], [3], [1]],
    [0, [2, 3], [1, 3]],
    [1, [2, 3], [2, 1]],
    [-1, [2, 3], [2, 4]],
    [1, [2, 4, 4, 16], [2, 2, 4, 16]],
    [2, [2, 4, 4, 16], [2, 4, 1, 16]],
    [3, [2, 4, 4, 16], [2, 4, 4, 32]],
    [3, [2, 4, 4, 1], [2, 4, 4, 16]],
    [3, [2, 4, 4, 3], [2, 4, 4, 5], [2, 4, 4, 8]],
  ];
  return [
    ...parts.map(([axis, ...shapes]): KernelCase => ({
      name: `concat [${shapes.join("] [")}] along ${axis}`,
      inputs: inputs(...shapes),
      run: (...all) => tf.concat(all, axis),
    })),
    ...[0, 1, 2, 3].map((axis): KernelCase => ({
      name: `concat of convolutions along ${axis}, convolved again`,
      inputs: inputs([2, 3, 5, 16], [3, 3, 16, 16], [1, 1, 16, 16], [
        3,
        3,
        axis === 3 ? 32 : 16,
        16,
      ]),
      run: (x, v, w, u) => {
        const a = tf.conv2d(x as tf.Tensor4D, v as tf.Tensor4D, 1, "same");
        const both = tf.concat([a, convolved(x!, w!)], axis);
        return tf.conv2d(tf.tanh(both), u as tf.Tensor4D, 1, "same");
      },
    })),
    {
      name: "concat with one channel of a mask, convolved (17 channels)",
      inputs: inputs([2, 4, 4, 1], [2, 4, 4, 16], [3, 3, 17, 32]),
      run: (x, h, w) =>
        tf.conv2d(tf.concat([x!, h!], 3) as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
    },
    {
      name: "concat of a tensor with itself",
      inputs: inputs([2, 3]),
      run: (x) => tf.concat([x!, x!, x!], 1),
    },
    {
      name: "stack",
      inputs: inputs([2, 3], [2, 3]),
      run: (a, b) => tf.stack([a!, b!], 1),
    },
    {
      name: "stack of frames",
      inputs: inputs([2, 3, 5, 16], [1, 1, 16, 16]),
      run: (x, w) => tf.stack([x!, convolved(x!, w!)], 1),
    },
    {
      name: "concat of integers",
      inputs: [
        scatteredIntegers([2, 2], { low: 0, high: 9 }),
        scatteredIntegers([3, 2], { low: 0, high: 9, salt: 1 }),
      ],
      run: (a, b) => tf.concat([a!, b!], 0),
    },
  ];
}

function slices(): KernelCase[] {
  const ranges: readonly (readonly [Shape, Shape, Shape])[] = [
    [[7], [2], [3]],
    [[7], [0], [7]],
    [[3, 4], [1, 0], [1, -1]],
    [[2, 3, 5, 16], [0, 1, 2, 0], [2, 1, 3, -1]],
    [[2, 3, 5, 16], [1, 0, 0, 3], [1, -1, -1, 5]],
    [[2, 3, 4, 4, 2], [0, 2, 0, 0, 0], [-1, 1, -1, -1, -1]],
  ];
  const blockedRanges: readonly (readonly [string, Shape, Shape])[] = [
    ["rows", [0, 1, 0, 0], [-1, 2, -1, -1]],
    ["columns", [0, 0, 1, 0], [-1, -1, 3, -1]],
    ["one block of channels", [0, 0, 0, 16], [-1, -1, -1, 16]],
    ["the last blocks", [0, 0, 0, 16], [-1, -1, -1, 32]],
    ["channels across blocks", [0, 0, 0, 8], [-1, -1, -1, 16]],
    ["three channels", [0, 0, 0, 17], [-1, -1, -1, 3]],
    ["one sample", [1, 0, 0, 0], [1, -1, -1, -1]],
  ];
  return [
    ...ranges.map(([shape, begin, size]): KernelCase => ({
      name: `slice [${shape}] from [${begin}] size [${size}]`,
      inputs: inputs(shape),
      run: (x) => tf.slice(x!, [...begin], [...size]),
    })),
    ...blockedRanges.flatMap(([name, begin, size]) =>
      blocked(
        `slice ${name}`,
        [2, 3, 5, 48],
        (x) => tf.tanh(tf.slice(tf.relu(x), [...begin], [...size])),
      )
    ),
    ...blocked("two gates sliced from one convolution", [2, 3, 5, 32], (x) => {
      const gates = tf.sigmoid(x);
      const z = tf.slice(gates, [0, 0, 0, 0], [-1, -1, -1, 16]);
      const r = tf.slice(gates, [0, 0, 0, 16], [-1, -1, -1, 16]);
      return tf.add(tf.mul(z, r), tf.mul(z, z));
    }),
    {
      name: "stridedSlice",
      inputs: inputs([4, 8]),
      run: (x) => tf.stridedSlice(x!, [0, 1], [4, 8], [2, 3]),
      gradients: "none", // tfjs-core 4.22 has none.
    },
    {
      name: "stridedSlice backwards",
      inputs: inputs([4, 8]),
      run: (x) => tf.stridedSlice(x!, [3, 7], [0, 0], [-1, -2]),
      gradients: "none",
    },
  ];
}

function pads(): KernelCase[] {
  return [
    { name: "pad a vector", inputs: inputs([3]), run: (x) => tf.pad(x!, [[2, 1]]) },
    {
      name: "pad with a value",
      inputs: inputs([3, 4]),
      run: (x) => tf.pad(x!, [[0, 1], [2, 0]], 0.5),
    },
    ...blocked(
      "pad rows and columns",
      [2, 3, 5, 16],
      (x) => tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    ),
    ...blocked("pad channels", [2, 3, 5, 16], (x) => tf.pad(x, [[0, 0], [0, 0], [0, 0], [1, 2]])),
    ...blocked(
      "pad channels by a block",
      [2, 3, 5, 16],
      (x) => tf.pad(x, [[0, 0], [0, 0], [0, 0], [16, 0]]),
    ),
    {
      name: "mirrorPad, reflect",
      inputs: inputs([2, 4, 5, 3]),
      run: (x) => tf.mirrorPad(x!, [[0, 0], [1, 1], [2, 2], [0, 0]], "reflect"),
      gradients: "none", // tfjs-core's gradient drops what was mirrored.
    },
  ];
}

function gathers(): KernelCase[] {
  return [
    {
      name: "gather rows, some twice",
      inputs: inputs([4, 5]),
      run: (x) => tf.gather(x!, tf.tensor1d([0, 2, 2, 1], "int32")),
    },
    {
      name: "gather columns",
      inputs: inputs([4, 5]),
      run: (x) => tf.gather(x!, tf.tensor1d([4, 0], "int32"), 1),
    },
    {
      name: "gather by given indices",
      inputs: [...inputs([4, 5]), scatteredIntegers([6], { low: 0, high: 4 })],
      run: (x, indices) => tf.gather(x!, indices as tf.Tensor1D),
    },
    {
      name: "gatherND",
      inputs: inputs([3, 4, 2]),
      run: (x) => tf.gatherND(x!, tf.tensor2d([[0, 1], [2, 3], [0, 1]], [3, 2], "int32")),
      gradients: "none", // tfjs-core 4.22 has none, here and below.
    },
    {
      name: "scatterND adds up",
      inputs: inputs([3, 2]),
      run: (updates) =>
        tf.scatterND(tf.tensor2d([[0], [3], [0]], [3, 1], "int32"), updates!, [4, 2]),
      gradients: "none",
    },
    {
      name: "topk values",
      inputs: inputs([3, 7]),
      run: (x) => tf.topk(x!, 3).values,
      gradients: "none",
    },
    {
      name: "topk indices",
      inputs: inputs([3, 7]),
      run: (x) => tf.topk(x!, 3).indices,
      gradients: "none",
    },
    {
      name: "oneHot of given labels",
      inputs: [scatteredIntegers([6], { low: 0, high: 4 })],
      run: (labels) => tf.oneHot(labels as tf.Tensor1D, 5, 1, 0, "float32"),
    },
  ];
}

function splits(): KernelCase[] {
  return [
    { name: "split", inputs: inputs([2, 6]), run: (x) => tf.mul(tf.split(x!, 3, 1)[1]!, 2) },
    {
      name: "split unevenly",
      inputs: inputs([2, 6]),
      run: (x) => {
        const [a, , c] = tf.split(x!, [1, 2, 3], 1);
        return tf.mul(a!, c!);
      },
    },
    ...blocked("split channels", [2, 3, 5, 48], (x) => {
      const [a, b, c] = tf.split(x, 3, 3);
      return tf.add(tf.mul(a!, b!), c!);
    }),
    { name: "unstack", inputs: inputs([2, 4, 3]), run: (x) => tf.unstack(x!, 1)[2]! },
    {
      name: "frames of a clip, one after another",
      inputs: inputs([2, 4, 3, 3, 1]),
      run: (clip) => {
        const frames = tf.unstack(clip!, 1);
        return frames.reduce((state, frame) => tf.tanh(tf.add(tf.mul(state, 0.5), frame)));
      },
    },
  ];
}

function tilesAndReversals(): KernelCase[] {
  return [
    { name: "tile", inputs: inputs([4, 5]), run: (x) => tf.tile(x!, [1, 3]) },
    { name: "tile both", inputs: inputs([2, 3]), run: (x) => tf.tile(x!, [2, 2]) },
    {
      name: "broadcastTo",
      inputs: inputs([2, 1, 1, 16]),
      run: (x) => tf.broadcastTo(x!, [2, 3, 5, 16]),
    },
    {
      name: "broadcastTo with new axes",
      inputs: inputs([5]),
      run: (x) => tf.broadcastTo(x!, [3, 5]),
    },
    { name: "reverse", inputs: inputs([3, 4, 2]), run: (x) => tf.reverse(x!, [1]) },
  ];
}

function constants(): KernelCase[] {
  return [
    { name: "zeros", inputs: inputs([3]), run: (x) => tf.add(x!, tf.zeros([2, 3])) },
    { name: "fill", inputs: inputs([3]), run: (x) => tf.mul(x!, tf.fill([2, 3], 2.5)) },
    { name: "range", inputs: inputs([4]), run: (x) => tf.mul(x!, tf.range(0, 4)) },
    { name: "linspace", inputs: inputs([4]), run: (x) => tf.mul(x!, tf.linspace(0, 1, 4)) },
    {
      name: "a constant result",
      inputs: inputs([2]),
      run: () => tf.tensor1d([1, 2, 3]),
      gradients: "none",
    },
    {
      name: "a result that does not depend on one input",
      inputs: inputs([2], [2]),
      run: (x) => tf.mul(x!, 2),
      gradients: [0],
    },
  ];
}

/** The kernel on a plain input, and on the result of a convolution of the same shape. */
function blocked(name: string, shape: Shape, run: (x: tf.Tensor4D) => tf.Tensor): KernelCase[] {
  const channels = shape[3]!;
  return [
    { name, inputs: inputs(shape), run: (x) => run(x as tf.Tensor4D) },
    {
      name: `${name}, after a convolution`,
      inputs: inputs(shape, [1, 1, channels, channels]),
      run: (x, w) => run(convolved(x!, w!)),
    },
  ];
}
