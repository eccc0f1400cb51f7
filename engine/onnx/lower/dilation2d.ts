/**
 * Greyscale dilation (the maximum over a window of image plus filter) and its gradients. Tap by
 * tap: each tap sees a strided slice of the padded image.
 */

import { backend_util } from "@tensorflow/tfjs-core";
import type { Value } from "../graph/graph.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** What stands for minus infinity beyond the border; tfjs's kernel starts from it, too. */
const belowAll = -3e38;

/** What tfjs's dilation kernels are told. */
export interface DilationAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dilations: [number, number] | number;
}

interface Tap {
  readonly row: number;
  readonly column: number;
  /** Image plus filter at this tap, for each output. */
  readonly value: Value;
}

interface Windows {
  readonly info: backend_util.Conv2DInfo;
  readonly taps: readonly Tap[];
  readonly maximum: Value;
}

export function dilate(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  attributes: DilationAttributes,
): SymbolicTensor {
  const { info, maximum } = windowsOf(trace, x, filter, attributes);
  return trace.fromRowMajor(info.outShape, x.dtype, maximum);
}

/** To the image element that made the maximum; the first one, row by row. */
export function dilationInputGradient(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  dy: SymbolicTensor,
  attributes: DilationAttributes,
): SymbolicTensor {
  const windows = windowsOf(trace, x, filter, attributes);
  const { info } = windows;
  const { height, width } = paddedSize(info);
  const { top, left } = info.padInfo;
  const { batchSize, inChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  const sums = shares(trace, windows, dy).map(({ row, column, share }): Value => {
    // Rows and columns that the stride skipped, then the place of the tap in the padded image.
    const apart = [batchSize, outHeight, 1, outWidth, 1, inChannels];
    const gaps = [0, 0, 0, 0, 0, 0, 0, 0, strideHeight - 1, 0, strideWidth - 1, 0];
    const spread = trace.op("Pad", [trace.reshape(share, apart), trace.int64(gaps)]);
    const [rows, columns] = [outHeight * strideHeight, outWidth * strideWidth];
    const image = trace.reshape(spread, [batchSize, rows, columns, inChannels]);
    const below = height - row - rows;
    const behind = width - column - columns;
    // Negative padding cuts the gap behind the last one, where it reaches beyond the end.
    return trace.op("Pad", [image, trace.int64([0, row, column, 0, 0, below, behind, 0])]);
  });
  const total = sums.reduce((sum, part) => trace.op("Add", [sum, part]));
  const bounds = [
    trace.int64([top, left]),
    trace.int64([top + info.inHeight, left + info.inWidth]),
    trace.int64([1, 2]),
  ];
  return trace.fromRowMajor(x.shape, x.dtype, trace.op("Slice", [total, ...bounds]));
}

/** To the filter element that made the maximum; the first one, row by row. */
export function dilationFilterGradient(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  dy: SymbolicTensor,
  attributes: DilationAttributes,
): SymbolicTensor {
  const windows = windowsOf(trace, x, filter, attributes);
  const sums = shares(trace, windows, dy).map(({ share }) =>
    trace.op("ReduceSum", [share, trace.int64([0, 1, 2])], { keepdims: 0 })
  );
  const value = trace.op("Concat", sums, { axis: 0 });
  return trace.fromRowMajor(filter.shape, filter.dtype, trace.reshape(value, filter.shape));
}

function windowsOf(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  { strides, pad, dilations }: DilationAttributes,
): Windows {
  const [batch = 0, inHeight = 0, inWidth = 0, channels = 0] = x.shape;
  const [filterHeight = 0, filterWidth = 0] = filter.shape;
  const info = backend_util.computeDilation2DInfo(
    [batch, inHeight, inWidth, channels],
    [filterHeight, filterWidth, channels],
    strides,
    pad,
    "NHWC",
    dilations,
  );
  const { top, left } = info.padInfo;
  const { height, width } = paddedSize(info);
  const pads = [0, top, left, 0, 0, height - top - inHeight, width - left - inWidth, 0];
  const border = trace.scalar(belowAll, x.dtype);
  const padded = trace.op("Pad", [trace.rowMajor(x), trace.int64(pads), border]);
  const weights = trace.reshape(trace.rowMajor(filter), [filterHeight * filterWidth, channels]);
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, tap): Tap => {
    const row = Math.floor(tap / filterWidth) * info.dilationHeight;
    const column = (tap % filterWidth) * info.dilationWidth;
    const bounds = [
      [row, column],
      [
        row + (info.outHeight - 1) * info.strideHeight + 1,
        column + (info.outWidth - 1) * info.strideWidth + 1,
      ],
      [1, 2],
      [info.strideHeight, info.strideWidth],
    ].map((list) => trace.int64(list));
    const seen = trace.op("Slice", [padded, ...bounds]);
    const weight = trace.op("Gather", [weights, trace.literal([tap], [1], "int64")], { axis: 0 });
    return { row, column, value: trace.op("Add", [seen, weight]) };
  });
  const maximum = taps.map(({ value }) => value).reduce((a, b) => trace.op("Max", [a, b]));
  return { info, taps, maximum };
}

/** For each tap, dy where this tap was the first to reach the maximum, else 0. */
function shares(trace: Trace, { taps, maximum }: Windows, dy: SymbolicTensor) {
  const errors = trace.rowMajor(dy);
  const zero = trace.scalar(0, dy.dtype);
  let taken: Value | undefined;
  return taps.map(({ row, column, value }) => {
    const isMaximum = trace.op("Equal", [value, maximum]);
    const isFirst = taken === undefined
      ? isMaximum
      : trace.op("And", [isMaximum, trace.op("Not", [taken])]);
    taken = taken === undefined ? isMaximum : trace.op("Or", [taken, isMaximum]);
    return { row, column, share: trace.op("Where", [isFirst, errors, zero]) };
  });
}

/** The image with its padding, and with whatever the last windows reach beyond it. */
function paddedSize(info: backend_util.Conv2DInfo): { height: number; width: number } {
  const { padInfo, inHeight, inWidth, outHeight, outWidth } = info;
  return {
    height: Math.max(
      inHeight + padInfo.top + padInfo.bottom,
      (outHeight - 1) * info.strideHeight + info.effectiveFilterHeight,
    ),
    width: Math.max(
      inWidth + padInfo.left + padInfo.right,
      (outWidth - 1) * info.strideWidth + info.effectiveFilterWidth,
    ),
  };
}
