/**
 * Convolution over `[batch, depth, height, width, channel]` as a sum of two-dimensional ones, one
 * per depth of the filter, with depth and batch as one axis. So video takes the same fast
 * convolutions as images.
 */

import { backend_util } from "@tensorflow/tfjs-core";
import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { combine } from "../binary.ts";
import { concatenate } from "../concat.ts";
import { pad } from "../pad.ts";
import { slice } from "../slice.ts";
import { type ConvInfo, convInfo } from "./conv_info.ts";
import { convolve } from "./convolve.ts";
import { filterGradient } from "./filter_gradient.ts";
import { inputGradient } from "./input_gradient.ts";

type Conv3DInfo = backend_util.Conv3DInfo;

/** What tfjs's three-dimensional kernels are told. */
export interface Conv3DAttributes {
  readonly strides: [number, number, number] | number;
  readonly pad: "valid" | "same";
  readonly dilations?: [number, number, number] | number;
}

export function convolve3D(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  attributes: Conv3DAttributes,
): SymbolicTensor {
  const info = info3D(x.shape, filter.shape, attributes);
  const padded = padDepth(trace, x, info);
  const parts = depths(info).map((depth) =>
    convolve(trace, frames(trace, padded, info, depth), filterAt(trace, filter, depth), plane(info))
  );
  const total = parts.reduce((sum, part) => combine(trace, "Add", part, sum));
  return trace.withShape(total, info.outShape);
}

export function inputGradient3D(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  inputShape: readonly number[],
  attributes: Conv3DAttributes,
): SymbolicTensor {
  const info = info3D(inputShape, filter.shape, attributes);
  const errors = trace.withShape(dy, plane(info).outShape);
  const parts = depths(info).map((depth) => {
    const gradient = inputGradient(trace, errors, filterAt(trace, filter, depth), plane(info));
    return spreadFrames(trace, gradient, info, depth);
  });
  const total = parts.reduce((sum, part) => combine(trace, "Add", sum, part));
  return unpadDepth(trace, total, info);
}

export function filterGradient3D(
  trace: Trace,
  x: SymbolicTensor,
  dy: SymbolicTensor,
  filterShape: readonly number[],
  attributes: Conv3DAttributes,
): SymbolicTensor {
  const info = info3D(x.shape, filterShape, attributes);
  const padded = padDepth(trace, x, info);
  const errors = trace.withShape(dy, plane(info).outShape);
  const parts = depths(info).map((depth) => {
    const seen = frames(trace, padded, info, depth);
    const gradient = filterGradient(trace, seen, errors, plane(info));
    return trace.withShape(gradient, [1, ...gradient.shape]);
  });
  return concatenate(trace, parts, 0);
}

function info3D(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations }: Conv3DAttributes,
): Conv3DInfo {
  return backend_util.computeConv3DInfo(
    fiveOf(inputShape),
    fiveOf(filterShape),
    strides,
    dilations ?? 1,
    pad,
  );
}

/** The convolution of one depth of the filter, over all frames that the outputs see through it. */
function plane(info: Conv3DInfo): ConvInfo {
  const { top, bottom, left, right } = info.padInfo;
  const frameCount = info.batchSize * info.outDepth;
  return convInfo(
    [frameCount, info.inHeight, info.inWidth, info.inChannels],
    [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels],
    {
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      pad: [[0, 0], [top, bottom], [left, right], [0, 0]],
    },
  );
}

function depths(info: Conv3DInfo): number[] {
  return Array.from({ length: info.filterDepth }, (_, depth) => depth);
}

function filterAt(trace: Trace, filter: SymbolicTensor, depth: number): SymbolicTensor {
  const [, ...shape] = filter.shape;
  return trace.withShape(slice(trace, filter, [depth, 0, 0, 0, 0], [1, ...shape]), shape);
}

/** Frames of zeros in front and behind; tfjs may ask for less than none. */
function padDepth(trace: Trace, x: SymbolicTensor, info: Conv3DInfo): SymbolicTensor {
  const { front, back } = info.padInfo;
  if (front === 0 && back === 0) return x;
  const pads = trace.int64([0, front, 0, 0, 0, 0, back, 0, 0, 0]);
  const value = trace.op("Pad", [trace.rowMajor(x), pads]);
  return trace.fromRowMajor(x.shape.with(1, info.inDepth + front + back), x.dtype, value);
}

/** The inverse for gradients: no frames, or nothing for frames that no window reached. */
function unpadDepth(trace: Trace, total: SymbolicTensor, info: Conv3DInfo): SymbolicTensor {
  const { front, back } = info.padInfo;
  const size = info.inShape.with(1, info.inDepth + Math.min(0, front) + Math.min(0, back));
  const part = slice(trace, total, [0, Math.max(0, front), 0, 0, 0], size);
  const around = [Math.max(0, -front), Math.max(0, -back)] as const;
  return pad(trace, part, [[0, 0], around, [0, 0], [0, 0], [0, 0]], 0);
}

/** The frames that a depth of the filter meets, `[batch * output depth, height, width, channel]`. */
function frames(
  trace: Trace,
  padded: SymbolicTensor,
  info: Conv3DInfo,
  depth: number,
): SymbolicTensor {
  const first = depth * info.dilationDepth;
  const last = first + (info.outDepth - 1) * info.strideDepth;
  const bounds = [[first], [last + 1], [1], [info.strideDepth]].map((list) => trace.int64(list));
  const value = trace.op("Slice", [trace.rowMajor(padded), ...bounds]);
  const shape = padded.shape.with(1, info.outDepth);
  return trace.withShape(
    trace.fromRowMajor(shape, padded.dtype, value),
    plane(info).inShape,
  );
}

/** Puts frames back where `frames` took them from, in a padded tensor of zeros. */
function spreadFrames(
  trace: Trace,
  gradient: SymbolicTensor,
  info: Conv3DInfo,
  depth: number,
): SymbolicTensor {
  const { batchSize, outDepth, strideDepth, inHeight, inWidth, inChannels } = info;
  const image = [inHeight, inWidth, inChannels];
  // After each frame come the ones that the stride skipped.
  const single = trace.withShape(gradient, [batchSize, outDepth, 1, ...image]);
  const gaps = trace.int64([0, 0, 0, 0, 0, 0, 0, 0, strideDepth - 1, 0, 0, 0]);
  const spread = strideDepth === 1
    ? trace.rowMajor(single)
    : trace.op("Pad", [trace.rowMajor(single), gaps]);
  const length = outDepth * strideDepth;
  const line = trace.reshape(spread, [batchSize, length, ...image]);
  const total = info.inDepth + info.padInfo.front + info.padInfo.back;
  const before = depth * info.dilationDepth;
  // Negative padding cuts the gap behind the last frame, where it reaches beyond the end.
  const pads = trace.int64([0, before, 0, 0, 0, 0, total - before - length, 0, 0, 0]);
  const shape = [batchSize, total, ...image];
  return trace.fromRowMajor(shape, "float32", trace.op("Pad", [line, pads]));
}

function fiveOf(shape: readonly number[]): [number, number, number, number, number] {
  const [a, b, c, d, e] = shape;
  if (
    a === undefined || b === undefined || c === undefined || d === undefined || e === undefined
  ) {
    throw new Error(`Cannot compile a convolution: rank 5 is required, but a shape is [${shape}]`);
  }
  return [a, b, c, d, e];
}
