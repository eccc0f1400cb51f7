/**
 * Gradients of convolutions with dilation and with rounding, and of the transposed convolution of
 * clips. tfjs-core 4.22 refuses dilations, forgets the rounding and lacks the last.
 */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, runKernel, savedAt } from "./define_gradient.ts";

/** Backends whose kernels of gradients know dilations; others get a filter with zeros in between. */
const dilatingBackends: ReadonlySet<string> = new Set(["onnx"]);

interface Attributes {
  readonly strides: number | number[];
  readonly pad: string | number | number[][];
  readonly dilations?: number | number[];
  readonly dataFormat?: string;
  readonly dimRoundingMode?: string;
}

interface Kernels {
  readonly input: string;
  readonly filter: string;
  /** Axes of the window. */
  readonly rank: 2 | 3;
}

export const convolutionGradients: readonly tf.GradConfig[] = [
  convolution(tf.Conv2D, {
    input: tf.Conv2DBackpropInput,
    filter: tf.Conv2DBackpropFilter,
    rank: 2,
  }),
  convolution(tf.DepthwiseConv2dNative, {
    input: tf.DepthwiseConv2dNativeBackpropInput,
    filter: tf.DepthwiseConv2dNativeBackpropFilter,
    rank: 2,
  }),
  convolution(tf.Conv3D, {
    input: tf.Conv3DBackpropInputV2,
    filter: tf.Conv3DBackpropFilterV2,
    rank: 3,
  }),
  defineGradient<Attributes>(
    tf.Conv3DBackpropInputV2,
    { inputs: ["dy", "filter"] },
    ({ dy: cotangent, saved, attributes: { strides, pad } }) => {
      const [dy, filter] = [savedAt(saved, 0), savedAt(saved, 1)];
      const attributes = { strides, pad, dilations: 1, dataFormat: "NDHWC" };
      return {
        dy: () => runKernel(tf.Conv3D, { x: cotangent, filter }, attributes),
        filter: () =>
          runKernel(
            tf.Conv3DBackpropFilterV2,
            { x: cotangent, dy },
            { strides, pad, filterShape: filter.shape },
          ),
      };
    },
  ),
];

function convolution(kernelName: string, kernels: Kernels): tf.GradConfig {
  const { rank } = kernels;
  return defineGradient<Attributes>(
    kernelName,
    { inputs: ["x", "filter"] },
    ({ dy, saved, attributes, fromCore }) => {
      const { dilations: given = 1, ...rest } = attributes;
      const dilations = typeof given === "number" ? Array<number>(rank).fill(given) : given;
      const isDilated = dilations.some((dilation) => dilation > 1);
      if (!isDilated && !attributes.dimRoundingMode) return fromCore();
      const [x, filter] = [savedAt(saved, 0), savedAt(saved, 1)];
      const inputShape = x.shape;
      if (!isDilated || dilatingBackends.has(tf.getBackend())) {
        const all = { ...rest, dilations };
        return {
          x: () => runKernel(kernels.input, { dy, filter }, { ...all, inputShape }),
          filter: () => runKernel(kernels.filter, { x, dy }, { ...all, filterShape: filter.shape }),
        };
      }
      const single = { ...rest, dilations: Array<number>(rank).fill(1) };
      const spread = withZeros(filter, dilations);
      return {
        x: () => runKernel(kernels.input, { dy, filter: spread }, { ...single, inputShape }),
        filter: () => {
          const filterShape = spread.shape;
          return everyNth(
            runKernel(kernels.filter, { x, dy }, { ...single, filterShape }),
            dilations,
          );
        },
      };
    },
  );
}

/** The filter that convolves without dilation as `filter` does with it. */
function withZeros(filter: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  const channels = filter.shape.slice(dilations.length);
  const apart = dilations.flatMap((_, axis) => [filter.shape[axis] ?? 1, 1]);
  const gaps = dilations.flatMap((dilation): [number, number][] => [[0, 0], [0, dilation - 1]]);
  const padded = tf.pad(tf.reshape(filter, [...apart, ...channels]), [
    ...gaps,
    ...channels.map((): [number, number] => [0, 0]),
  ]);
  const spread = dilations.map((dilation, axis) => (filter.shape[axis] ?? 1) * dilation);
  const whole = tf.reshape(padded, [...spread, ...channels]);
  const size = dilations.map((dilation, axis) => (spread[axis] ?? 1) - dilation + 1);
  return tf.slice(whole, whole.shape.map(() => 0), [...size, ...channels]);
}

/** The inverse: the elements that are no zeros of `withZeros`. */
function everyNth(gradient: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  const { shape } = gradient;
  const steps = shape.map((_, axis) => dilations[axis] ?? 1);
  return tf.stridedSlice(gradient, shape.map(() => 0), shape, steps);
}
