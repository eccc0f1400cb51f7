/** Windows of pooling kernels, as tfjs computes them. */

import { backend_util } from "@tensorflow/tfjs-core";
import type { Attributes, Value } from "../graph/graph.ts";
import type { SymbolicTensor, TensorDtype } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { exactPadding } from "./inset.ts";

export type PoolInfo = backend_util.Conv2DInfo;

/** What tfjs's pooling kernels are told. */
export interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Sizes of pooling over `[batch, height, width, channel]`. */
export function poolInfo(shape: readonly number[], attributes: PoolAttributes): PoolInfo {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  return usable(backend_util.computePool2DInfo(
    [batch, height, width, channels],
    attributes.filterSize,
    attributes.strides,
    1,
    attributes.pad,
    attributes.dimRoundingMode,
  ));
}

/**
 * Sizes with exact padding.
 * @throws {Error} When a window has no element of the image in it, so that it has no maximum or mean.
 */
export function usable(info: PoolInfo): PoolInfo {
  const exact = exactPadding(info);
  const { filterHeight, filterWidth, padInfo } = exact;
  const { top, left, bottom, right } = padInfo;
  if (Math.max(top, bottom) < filterHeight && Math.max(left, right) < filterWidth) return exact;
  throw new Error(
    `Cannot compile pooling: each window must meet the image, but those of ` +
      `[${filterHeight}, ${filterWidth}] with strides [${info.strideHeight}, ${info.strideWidth}] ` +
      `make [${info.outShape}] of [${info.inShape}]`,
  );
}

/** Attributes of the ONNX operators. */
export function poolAttributes(info: PoolInfo): Attributes {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
  };
}

/** Rows and columns behind the last windows. */
export function unreached(info: PoolInfo): number[] {
  const [below, behind] = reach(info);
  return [info.padInfo.bottom - below, info.padInfo.right - behind];
}

/** Whether the windows cover the image exactly once. */
export function isTiling(info: PoolInfo): boolean {
  const { padInfo, inHeight, inWidth, strideHeight, strideWidth } = info;
  return info.filterHeight === strideHeight && info.filterWidth === strideWidth &&
    inHeight % strideHeight === 0 && inWidth % strideWidth === 0 &&
    padInfo.top + padInfo.left + padInfo.bottom + padInfo.right === 0;
}

/** A tensor as the portable operators read it. */
export function channelsFirst(trace: Trace, x: SymbolicTensor): Value {
  return trace.op("Transpose", [trace.rowMajor(x)], { perm: [0, 3, 1, 2] });
}

/** A tensor from what the portable operators make. */
export function fromChannelsFirst(
  trace: Trace,
  shape: readonly number[],
  value: Value,
  dtype: TensorDtype = "float32",
): SymbolicTensor {
  const transposed = trace.op("Transpose", [value], { perm: [0, 2, 3, 1] });
  return trace.fromRowMajor(shape, dtype, transposed);
}

/** How far the last windows reach beyond the image; negative if they stop before its end. */
function reach(info: PoolInfo): [number, number] {
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  return [
    (outHeight - 1) * strideHeight + info.filterHeight - info.inHeight - padInfo.top,
    (outWidth - 1) * strideWidth + info.filterWidth - info.inWidth - padInfo.left,
  ];
}
