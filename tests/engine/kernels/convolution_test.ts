import * as tf from "@tensorflow/tfjs-core";
import type { KernelCase } from "../../support/kernel_suite.ts";
import { inputs } from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Explicit = [[0, 0], [number, number], [number, number], [0, 0]];
type Padding = "same" | "valid" | Explicit;

interface Convolution {
  readonly batch: number;
  readonly size: readonly [height: number, width: number];
  readonly channels: readonly [from: number, to: number];
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly padding?: Padding;
}

/** Every pair of channel counts around the block sizes of 8 and 16. */
const channelCounts = [1, 3, 8, 15, 16, 17, 32, 48] as const;

/** Window geometry: kernel sizes, strides and paddings, odd and even, sizes that do not divide. */
const geometries: readonly Omit<Convolution, "channels" | "batch">[] = [
  { size: [5, 5], kernel: 3 },
  { size: [4, 4], kernel: 3, stride: 2 },
  { size: [5, 7], kernel: 3, stride: 2 },
  { size: [4, 6], kernel: 4, stride: 2 },
  { size: [5, 6], kernel: 4 },
  { size: [6, 4], kernel: 2, stride: 2, padding: "valid" },
  { size: [5, 5], kernel: 2, stride: 2, padding: "valid" },
  { size: [7, 5], kernel: 5 },
  { size: [5, 7], kernel: 3, padding: "valid" },
  { size: [4, 4], kernel: 1 },
  { size: [5, 4], kernel: 1, stride: 2 },
  { size: [8, 8], kernel: 7, stride: 2 },
  { size: [9, 9], kernel: 3, stride: 3, padding: "valid" },
  { size: [7, 9], kernel: 3, stride: 3 },
  { size: [5, 5], kernel: [1, 3] },
  { size: [5, 5], kernel: [3, 1], padding: "valid" },
  { size: [6, 6], kernel: 3, stride: [2, 1] },
  { size: [1, 1], kernel: 3 },
  { size: [1, 9], kernel: 3 },
  { size: [2, 1], kernel: 1 },
  { size: [4, 5], kernel: 3, padding: [[0, 0], [1, 1], [1, 1], [0, 0]] },
  { size: [4, 4], kernel: 3, stride: 2, padding: [[0, 0], [1, 1], [1, 1], [0, 0]] },
  { size: [8, 8], kernel: 4, stride: 2, padding: [[0, 0], [1, 1], [1, 1], [0, 0]] },
  { size: [5, 4], kernel: 3, padding: [[0, 0], [2, 0], [0, 1], [0, 0]] },
  { size: [4, 5], kernel: 3, stride: 2, padding: [[0, 0], [0, 2], [1, 0], [0, 0]] },
  { size: [3, 3], kernel: 5, padding: [[0, 0], [2, 2], [2, 2], [0, 0]] },
  { size: [3, 3], kernel: 3, padding: "valid" },
];

const cases: KernelCase[] = [
  ...channelCounts.flatMap((from) =>
    channelCounts.map((to) =>
      convolution({ batch: 2, size: [4, 5], channels: [from, to], kernel: 3 })
    )
  ),
  ...geometries.flatMap((geometry) => [
    convolution({ ...geometry, batch: 2, channels: [16, 16] }),
    convolution({ ...geometry, batch: 1, channels: [3, 16] }),
    convolution({ ...geometry, batch: 2, channels: [16, 5] }),
    // A batch of 16 lets the filter gradient be one dense convolution.
    convolution({ ...geometry, batch: 16, channels: [16, 32] }),
  ]),
  ...[1, 2, 3, 8, 16].map((batch) =>
    convolution({ batch, size: [8, 8], channels: [32, 16], kernel: 3 })
  ),
  ...dilated(),
  ...transposed(),
  ...combined(),
  ...otherConvolutions(),
];

testKernels("convolution", cases);

function convolution(c: Convolution): KernelCase {
  const [kernelHeight, kernelWidth] = pair(c.kernel);
  const stride = pair(c.stride ?? 1);
  const padding = c.padding ?? "same";
  const x = [c.batch, ...c.size, c.channels[0]];
  const filter = [kernelHeight, kernelWidth, ...c.channels];
  return {
    name: `conv2d [${x}] by [${filter}], stride ${stride}, padding ${text(padding)}`,
    inputs: inputs(x, filter),
    run: (images, w) =>
      tf.conv2d(images as tf.Tensor4D, w as tf.Tensor4D, [...stride], given(padding)),
  };
}

function dilated(): KernelCase[] {
  return [1, 2, 3].flatMap((dilation) =>
    [[16, 16], [3, 16], [17, 5]].map(([from, to]): KernelCase => ({
      name: `conv2d ${from} to ${to} channels, dilation ${dilation}`,
      inputs: inputs([2, 8, 9, from!], [3, 3, from!, to!]),
      run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same", "NHWC", dilation),
      // tfjs-core 4.22 has no gradient of dilated convolutions.
      gradients: dilation > 1 ? "none" : "all",
    }))
  );
}

function transposed(): KernelCase[] {
  const geometry: readonly (readonly [kernel: number, stride: number, size: number])[] = [
    [4, 2, 4],
    [2, 2, 3],
    [3, 2, 4],
    [3, 1, 4],
    [5, 3, 2],
    [1, 1, 3],
  ];
  return geometry.flatMap(([kernel, stride, size]) =>
    [[16, 16], [32, 16], [16, 3], [3, 17]].map(([from, to]): KernelCase => ({
      name: `conv2dTranspose ${from} to ${to} channels, kernel ${kernel}, stride ${stride}`,
      inputs: inputs([2, size, size, from!], [kernel, kernel, to!, from!]),
      run: (x, w) => {
        const grown = size * stride;
        const shape: [number, number, number, number] = [2, grown, grown, to!];
        return tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, shape, stride, "same");
      },
    }))
  );
}

/** Networks of a few layers: the places where lowerings merge nodes. */
function combined(): KernelCase[] {
  const conv = (x: tf.Tensor, w: tf.Tensor, stride = 1) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, "same");
  return [
    {
      name: "bias and residual",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 16], [16]),
      run: (x, w, b) => tf.add(tf.add(conv(x!, w!), b!), x!),
    },
    {
      name: "residual first",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 16], [16]),
      run: (x, w, b) => tf.add(x!, tf.add(b!, conv(x!, w!))),
    },
    {
      name: "bias that is added twice",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 16], [16]),
      run: (x, w, b) => tf.add(tf.add(conv(x!, w!), b!), b!),
    },
    {
      name: "a convolution used raw and with bias",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 16], [16]),
      run: (x, w, b) => {
        const y = conv(x!, w!);
        return tf.mul(tf.add(y, b!), tf.tanh(y));
      },
    },
    {
      name: "two convolutions of one input, added",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 32], [1, 1, 16, 32]),
      run: (x, v, w) => tf.add(conv(x!, v!), conv(x!, w!)),
    },
    {
      name: "one filter used twice (weight sharing)",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 16]),
      run: (x, w) => conv(tf.tanh(conv(x!, w!)), w!),
    },
    {
      name: "down and up with a skip",
      inputs: inputs([2, 8, 8, 16], [3, 3, 16, 32], [3, 3, 48, 16]),
      run: (x, down, up) => {
        const low = tf.relu(conv(x!, down!, 2));
        const high = tf.image.resizeNearestNeighbor(low as tf.Tensor4D, [8, 8]);
        return conv(tf.concat([high, x!], 3), up!);
      },
    },
    {
      name: "3 channels to 16 to 3",
      inputs: inputs([2, 4, 5, 3], [3, 3, 3, 16], [3, 3, 16, 3]),
      run: (x, v, w) => conv(tf.sigmoid(conv(x!, v!)), w!),
    },
    {
      name: "17 channels between",
      inputs: inputs([2, 4, 5, 16], [3, 3, 16, 17], [3, 3, 17, 16]),
      run: (x, v, w) => conv(tf.tanh(conv(x!, v!)), w!),
    },
    {
      name: "squared loss",
      inputs: inputs([16, 4, 4, 16], [3, 3, 16, 16], [16, 4, 4, 16]),
      run: (x, w, y) => tf.mean(tf.square(tf.sub(conv(x!, w!), y!))),
    },
  ];
}

function otherConvolutions(): KernelCase[] {
  return [
    {
      name: "conv2d without a batch axis",
      inputs: inputs([4, 5, 3], [3, 3, 3, 16]),
      run: (x, w) => tf.conv2d(x as tf.Tensor3D, w as tf.Tensor4D, 1, "same"),
    },
    {
      name: "conv1d",
      inputs: inputs([2, 9, 16], [3, 16, 8]),
      run: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, "same"),
    },
    ...[1, 3, 16, 17].flatMap((channels) =>
      [1, 2].flatMap((stride) =>
        (["same", "valid"] as const).map((padding): KernelCase => ({
          name: `depthwiseConv2d, ${channels} channels, stride ${stride}, ${padding}`,
          inputs: inputs([2, 6, 5, channels], [3, 3, channels, 1]),
          run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding),
        }))
      )
    ),
    {
      name: "depthwiseConv2d with two filters per channel",
      inputs: inputs([2, 6, 5, 3], [3, 3, 3, 2]),
      run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
    },
    ...conv3d(),
  ];
}

function conv3d(): KernelCase[] {
  const geometry: readonly (readonly [
    kernel: readonly [number, number, number],
    stride: readonly [number, number, number],
    padding: "same" | "valid",
  ])[] = [
    [[3, 3, 3], [1, 1, 1], "same"],
    [[3, 3, 3], [2, 2, 2], "same"],
    [[4, 4, 4], [1, 2, 2], "same"],
    [[4, 4, 4], [1, 2, 2], "valid"],
    [[1, 3, 3], [1, 2, 1], "valid"],
    [[2, 1, 1], [2, 1, 1], "same"],
  ];
  return geometry.flatMap(([kernel, stride, padding]) =>
    [[3, 8], [16, 16]].map(([from, to]): KernelCase => ({
      name: `conv3d ${from} to ${to} channels, kernel ${kernel}, stride ${stride}, ${padding}`,
      inputs: inputs([2, 4, 5, 6, from!], [...kernel, from!, to!]),
      run: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [...stride], padding),
    }))
  );
}

function pair(value: number | readonly [number, number]): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

/** tfjs wants a mutable tuple. */
function given(padding: Padding): "same" | "valid" | Explicit {
  return typeof padding === "string" ? padding : structuredClone(padding);
}

function text(padding: Padding): string {
  return typeof padding === "string" ? padding : JSON.stringify(padding.slice(1, 3));
}
