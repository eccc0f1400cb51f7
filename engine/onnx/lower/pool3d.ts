/**
 * Pooling over `[batch, depth, height, width, channel]` in two steps: over the image of each frame,
 * then over the depth, both as two-dimensional pooling. A maximum of maxima is the maximum, and the
 * mean over a box is the mean of the means, because a border cuts whole rows, columns or frames.
 */

import { backend_util } from "@tensorflow/tfjs-core";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { averagePoolGradient } from "./average_pool_gradient.ts";
import { maxPoolGradient } from "./max_pool_gradient.ts";
import { pool } from "./pool.ts";
import { type PoolInfo, usable } from "./pool_info.ts";

/** What tfjs's three-dimensional pooling kernels are told. */
export interface Pool3DAttributes {
  readonly filterSize: [number, number, number] | number;
  readonly strides: [number, number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly dataFormat?: "NDHWC" | "NCDHW";
}

/** Sizes of both steps. */
export interface Pool3DInfo {
  /** Over `[batch * depth, height, width, channel]`. */
  readonly frames: PoolInfo;
  /** Over `[batch, depth, pooled height * width, channel]`. */
  readonly depth: PoolInfo;
  readonly outShape: readonly number[];
}

export function pool3DInfo(shape: readonly number[], attributes: Pool3DAttributes): Pool3DInfo {
  const [batch = 0, depth = 0, height = 0, width = 0, channels = 0] = shape;
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attributes;
  if (dataFormat !== undefined && dataFormat !== "NDHWC") {
    throw new Error(
      `Cannot compile pooling: the data format must be NDHWC, but it is ${dataFormat}`,
    );
  }
  const whole = backend_util.computePool3DInfo(
    [batch, depth, height, width, channels],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { front, back, top, bottom, left, right, type } = whole.padInfo;
  const { outDepth, outHeight, outWidth } = whole;
  const square = { dataFormat: "channelsLast", dilationHeight: 1, dilationWidth: 1 } as const;
  const sizes = { inChannels: channels, outChannels: channels };
  const frames: PoolInfo = {
    ...square,
    ...sizes,
    batchSize: batch * depth,
    inHeight: height,
    inWidth: width,
    outHeight,
    outWidth,
    strideHeight: whole.strideHeight,
    strideWidth: whole.strideWidth,
    filterHeight: whole.filterHeight,
    filterWidth: whole.filterWidth,
    effectiveFilterHeight: whole.filterHeight,
    effectiveFilterWidth: whole.filterWidth,
    padInfo: { top, bottom, left, right, type },
    inShape: [batch * depth, height, width, channels],
    outShape: [batch * depth, outHeight, outWidth, channels],
    filterShape: [whole.filterHeight, whole.filterWidth, channels, channels],
  };
  const pixels = outHeight * outWidth;
  const through: PoolInfo = {
    ...square,
    ...sizes,
    batchSize: batch,
    inHeight: depth,
    inWidth: pixels,
    outHeight: outDepth,
    outWidth: pixels,
    strideHeight: whole.strideDepth,
    strideWidth: 1,
    filterHeight: whole.filterDepth,
    filterWidth: 1,
    effectiveFilterHeight: whole.filterDepth,
    effectiveFilterWidth: 1,
    padInfo: { top: front, bottom: back, left: 0, right: 0, type },
    inShape: [batch, depth, pixels, channels],
    outShape: [batch, outDepth, pixels, channels],
    filterShape: [whole.filterDepth, 1, channels, channels],
  };
  return { frames: usable(frames), depth: usable(through), outShape: whole.outShape };
}

export function pool3D(
  trace: Trace,
  op: "MaxPool" | "AveragePool",
  x: SymbolicTensor,
  info: Pool3DInfo,
): SymbolicTensor {
  const pooled = pool(trace, op, trace.withShape(x, info.frames.inShape), info.frames);
  const through = pool(trace, op, trace.withShape(pooled, info.depth.inShape), info.depth);
  return trace.withShape(through, info.outShape);
}

export function averagePool3DGradient(
  trace: Trace,
  dy: SymbolicTensor,
  inputShape: readonly number[],
  { frames, depth }: Pool3DInfo,
): SymbolicTensor {
  const through = averagePoolGradient(trace, trace.withShape(dy, depth.outShape), depth);
  const spread = averagePoolGradient(trace, trace.withShape(through, frames.outShape), frames);
  return trace.withShape(spread, inputShape);
}

/** The gradient goes to the first maximum of each window: the first such frame's first one. */
export function maxPool3DGradient(
  trace: Trace,
  dy: SymbolicTensor,
  x: SymbolicTensor,
  y: SymbolicTensor,
  { frames, depth }: Pool3DInfo,
): SymbolicTensor {
  const images = trace.withShape(x, frames.inShape);
  const pooled = pool(trace, "MaxPool", images, frames);
  const through = maxPoolGradient(
    trace,
    trace.withShape(dy, depth.outShape),
    trace.withShape(pooled, depth.inShape),
    trace.withShape(y, depth.outShape),
    depth,
  );
  const errors = trace.withShape(through, frames.outShape);
  return trace.withShape(maxPoolGradient(trace, errors, images, pooled, frames), x.shape);
}
