import * as tf from "@tensorflow/tfjs-core";
import type { KernelCase } from "../../support/kernel_suite.ts";
import { scattered } from "../../support/host_tensor.ts";
import {
  convolved,
  convolvedFilter,
  convolvedImages,
  inputs,
} from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

const cases: KernelCase[] = [
  ...softmaxes(),
  ...groupNorms(),
  {
    name: "fused SiLU",
    inputs: inputs([2, 3, 5, 17]),
    run: fusedSilu,
  },
  { name: "fused SiLU of a scalar", inputs: inputs([]), run: fusedSilu },
  {
    name: "fused SiLU after a convolution",
    inputs: inputs(convolvedImages, convolvedFilter),
    run: (x, w) => fusedSilu(convolved(x!, w!)),
  },
  {
    name: "fused SiLU of large arguments",
    inputs: [scattered([4, 9], { low: -80, high: 80 })],
    run: fusedSilu,
  },
  {
    name: "batchNorm",
    inputs: [
      ...inputs([2, 3, 5, 16], [16]),
      scattered([16], { low: 0.3, high: 2, salt: 3 }),
      ...inputs([16], [16]),
    ],
    run: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      ),
  },
  {
    name: "layer normalisation",
    inputs: inputs([6, 17], [17], [17]),
    run: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x!, -1, true);
      const normal = tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(normal, scale!), offset!);
    },
  },
  {
    name: "cross entropy of logits",
    inputs: inputs([6, 10]),
    run: (logits) => {
      const labels = tf.oneHot(tf.tensor1d([1, 9, 0, 3, 3, 7], "int32"), 10, 1, 0, "float32");
      return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits!)), 1)));
    },
  },
];

testKernels("normalisation", cases);

function softmaxes(): KernelCase[] {
  return [[1], [9], [3, 8], [3, 4, 17], [1, 1, 64]].flatMap((shape): KernelCase[] => [
    { name: `softmax [${shape}]`, inputs: inputs(shape), run: (x) => tf.softmax(x!) },
    { name: `logSoftmax [${shape}]`, inputs: inputs(shape), run: (x) => tf.logSoftmax(x!) },
    {
      name: `softmax [${shape}] of large logits`,
      inputs: [scattered(shape, { low: -200, high: 200 })],
      run: (x) => tf.softmax(x!),
    },
  ]);
}

/** GroupNorm as a network writes it: moments over pixels and the channels of a group. */
function groupNorms(): KernelCase[] {
  const sizes: readonly (readonly [shape: readonly number[], groups: number])[] = [
    [[2, 4, 4, 16], 4],
    [[2, 3, 5, 32], 8],
    [[1, 4, 4, 48], 1],
    [[2, 4, 4, 6], 3],
    [[2, 4, 4, 16], 16],
  ];
  return sizes.flatMap(([shape, groups]): KernelCase[] => {
    const channels = shape[3]!;
    return [
      {
        name: `GroupNorm [${shape}] in ${groups} groups`,
        inputs: inputs(shape, [channels], [channels]),
        run: (x, scale, offset) => groupNorm(x!, scale!, offset!, groups),
      },
      {
        name: `GroupNorm [${shape}] in ${groups} groups between convolutions`,
        inputs: inputs(shape, [channels], [channels], [3, 3, channels, channels]),
        run: (x, scale, offset, w) => {
          const filter = w as tf.Tensor4D;
          const y = groupNorm(
            tf.conv2d(x as tf.Tensor4D, filter, 1, "same"),
            scale!,
            offset!,
            groups,
          );
          return tf.conv2d(fusedSilu(y) as tf.Tensor4D, filter, 1, "same");
        },
      },
    ];
  });
}

function groupNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, groups: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const grouped = tf.reshape(x, [batch, height * width, groups, channels / groups]);
  const { mean, variance } = tf.moments(grouped, [1, 3], true);
  const normal = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(tf.reshape(normal, x.shape), scale), offset);
}

/** The project's own kernel; its gradient belongs to the layer, so it is written here again. */
function fusedSilu(x: tf.Tensor): tf.Tensor {
  const silu = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const value = tf.engine().runKernel("Silu", { x: input }) as tf.Tensor;
    save([input]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const s = tf.sigmoid(saved[0]!);
        return tf.mul(dy, tf.mul(s, tf.add(1, tf.mul(saved[0]!, tf.sub(1, s)))));
      },
    };
  });
  return silu(x);
}
