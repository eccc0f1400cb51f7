/** Pooling over windows of `[batch, height, width, channel]` tensors, and its gradients. */

import { backend_util } from "@tensorflow/tfjs-core";
import { type Attributes, sizeOf, type Value } from "../graph/graph.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

type PoolInfo = backend_util.Conv2DInfo;

/** What tfjs's pooling kernels are told. */
export interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

/** Maximum, or mean over those elements of a window that lie inside the image. */
export function pool(
  trace: Trace,
  op: "MaxPool" | "AveragePool",
  x: SymbolicTensor,
  attributes: PoolAttributes,
): SymbolicTensor {
  const info = poolInfo(x.shape, attributes);
  const settings = poolAttributes(info);
  if (trace.canBlock(x)) {
    const value = trace.blockedOp(op, [trace.blocked4(x)], settings);
    return trace.fromBlocked4(info.outShape, x.dtype, value);
  }
  const value = trace.op(op, [channelsFirst(trace, x)], settings);
  return fromChannelsFirst(trace, info.outShape, value);
}

/** Each input gets its share of the mean of every window it was in. */
export function averagePoolGradient(
  trace: Trace,
  dy: SymbolicTensor,
  inputShape: readonly number[],
  attributes: PoolAttributes,
): SymbolicTensor {
  const info = poolInfo(inputShape, attributes);
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  if (isTiling(info) && trace.prefersBlocked(dy)) {
    const share = trace.scalar(1 / (filterHeight * filterWidth));
    const value = trace.op("Mul", [trace.blocked4(dy), share]);
    const scales = [1, 1, strideHeight, strideWidth];
    const spread = trace.blockedOp("Upsample", [value], { scales, mode: "nearest" });
    return trace.fromBlocked4(inputShape, "float32", spread);
  }
  const share = trace.op("Mul", [channelsFirst(trace, dy), windowShares(trace, info)]);
  const channels = info.inChannels;
  const ones = trace.literal(
    new Float32Array(channels * filterHeight * filterWidth).fill(1),
    [channels, 1, filterHeight, filterWidth],
    "float32",
  );
  const value = trace.op("ConvTranspose", [share, ones], {
    ...poolAttributes(info),
    group: channels,
    output_padding: unreached(info),
  });
  return fromChannelsFirst(trace, inputShape, value);
}

/** The gradient goes to the first maximum of each window, in row-major order. */
export function maxPoolGradient(
  trace: Trace,
  dy: SymbolicTensor,
  x: SymbolicTensor,
  y: SymbolicTensor,
  attributes: PoolAttributes,
): SymbolicTensor {
  const info = poolInfo(x.shape, attributes);
  if (isTiling(info)) return tilingMaxPoolGradient(trace, dy, x, y, info);
  const [, positions = ""] = trace.ops(
    "MaxPool",
    [channelsFirst(trace, x)],
    poolAttributes(info),
    2,
  );
  const { batchSize, inChannels, inHeight, inWidth } = info;
  const size = [sizeOf(dy.shape)];
  const zeros = trace.rowMajor(trace.splat([sizeOf(x.shape)], "float32", 0));
  const errors = trace.reshape(channelsFirst(trace, dy), size);
  const inputs = [zeros, trace.reshape(positions, size), errors];
  const flat = trace.op("ScatterElements", inputs, { axis: 0, reduction: "add" });
  const image = trace.reshape(flat, [batchSize, inChannels, inHeight, inWidth]);
  return fromChannelsFirst(trace, x.shape, image);
}

/** Windows side by side: each element is compared with its window's maximum, in any layout. */
function tilingMaxPoolGradient(
  trace: Trace,
  dy: SymbolicTensor,
  x: SymbolicTensor,
  y: SymbolicTensor,
  info: PoolInfo,
): SymbolicTensor {
  const { batchSize, inChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  const isBlocked = trace.canBlock(x) && (trace.prefersBlocked(x) || trace.prefersBlocked(dy));
  const memory = (tensor: SymbolicTensor) =>
    isBlocked ? trace.blocked5(tensor) : trace.rowMajor(tensor);
  const run = isBlocked ? trace.blockSize : inChannels;
  const rows = batchSize * (inChannels / run) * outHeight;
  const windows = trace.reshape(memory(x), [rows, strideHeight, outWidth, strideWidth, run]);
  const maxima = trace.reshape(memory(y), [rows, 1, outWidth, 1, run]);
  const errors = trace.reshape(memory(dy), [rows, 1, outWidth, 1, run]);
  const zero = trace.scalar(0);
  const axes = trace.int64([1, 3]);
  let taken: Value | undefined;
  const lines = Array.from({ length: strideHeight }, (_, row) => {
    const elements = Array.from({ length: strideWidth }, (_, column) => {
      const bounds = [trace.int64([row, column]), trace.int64([row + 1, column + 1]), axes];
      const isMaximum = trace.op("Equal", [trace.op("Slice", [windows, ...bounds]), maxima]);
      const isFirst = taken === undefined
        ? isMaximum
        : trace.op("And", [isMaximum, trace.op("Not", [taken])]);
      taken = taken === undefined ? isMaximum : trace.op("Or", [taken, isMaximum]);
      return trace.op("Where", [isFirst, errors, zero]);
    });
    return trace.op("Concat", elements, { axis: 3 });
  });
  const value = trace.op("Concat", lines, { axis: 1 });
  return isBlocked
    ? trace.fromBlocked5(x.shape, "float32", trace.reshape(value, trace.blockedShape(x.shape)))
    : trace.fromRowMajor(x.shape, "float32", trace.reshape(value, x.shape));
}

function poolInfo(shape: readonly number[], attributes: PoolAttributes): PoolInfo {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  return backend_util.computePool2DInfo(
    [batch, height, width, channels],
    attributes.filterSize,
    attributes.strides,
    1,
    attributes.pad,
    attributes.dimRoundingMode,
  );
}

function poolAttributes(info: PoolInfo): Attributes {
  const { top, left, bottom, right } = info.padInfo;
  const [below, behind] = reach(info);
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, Math.max(bottom, below), Math.max(right, behind)],
  };
}

/** How far the last windows reach beyond the image; negative if they stop before its end. */
function reach(info: PoolInfo): [number, number] {
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  return [
    (outHeight - 1) * strideHeight + info.filterHeight - info.inHeight - padInfo.top,
    (outWidth - 1) * strideWidth + info.filterWidth - info.inWidth - padInfo.left,
  ];
}

/** Rows and columns behind the last windows. */
function unreached(info: PoolInfo): number[] {
  const [below, behind] = reach(info);
  return [
    Math.max(info.padInfo.bottom, below) - below,
    Math.max(info.padInfo.right, behind) - behind,
  ];
}

/** Whether the windows cover the image exactly once. */
function isTiling(info: PoolInfo): boolean {
  const { padInfo, inHeight, inWidth, strideHeight, strideWidth } = info;
  return info.filterHeight === strideHeight && info.filterWidth === strideWidth &&
    inHeight % strideHeight === 0 && inWidth % strideWidth === 0 &&
    padInfo.top + padInfo.left + padInfo.bottom + padInfo.right === 0;
}

/** One over the number of image elements in each window, `[1, 1, output row, output column]`. */
function windowShares(trace: Trace, info: PoolInfo): Value {
  const { outHeight, outWidth, padInfo } = info;
  const inside = (index: number, stride: number, filter: number, size: number, pad: number) =>
    Math.min(index * stride - pad + filter, size) - Math.max(index * stride - pad, 0);
  const shares = Array.from({ length: outHeight * outWidth }, (_, position) => {
    const row = Math.floor(position / outWidth);
    const column = position % outWidth;
    return 1 /
      (inside(row, info.strideHeight, info.filterHeight, info.inHeight, padInfo.top) *
        inside(column, info.strideWidth, info.filterWidth, info.inWidth, padInfo.left));
  });
  return trace.literal(shares, [1, 1, outHeight, outWidth], "float32");
}

function channelsFirst(trace: Trace, x: SymbolicTensor): Value {
  return trace.op("Transpose", [trace.rowMajor(x)], { perm: toChannelsFirst });
}

function fromChannelsFirst(trace: Trace, shape: readonly number[], value: Value): SymbolicTensor {
  const transposed = trace.op("Transpose", [value], { perm: toChannelsLast });
  return trace.fromRowMajor(shape, "float32", transposed);
}
