/**
 * Depthwise convolution and its gradients. The filter is `[height, width, channel, multiplier]`;
 * output channel c * multiplier + m comes from input channel c.
 */

import type { Value } from "../../graph/graph.ts";
import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { insetOf, putPart, takePart } from "../inset.ts";
import { convAttributes, type ConvInfo, isDense } from "./conv_info.ts";
import { cropForPads } from "./crop_for_pads.ts";
import { transposedAttributes } from "./input_gradient.ts";

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

export function depthwiseConvolve(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const inset = insetOf(info);
  if (inset !== undefined) {
    return depthwiseConvolve(trace, takePart(trace, x, inset), filter, inset.info);
  }
  const attributes = { ...convAttributes(info), group: info.inChannels };
  if (isBlockable(trace, x, info)) {
    const inputs = [trace.blocked4(x), blockedFilter(trace, filter, info, false)];
    const value = trace.blockedOp("Conv", inputs, attributes);
    return trace.fromBlocked4(info.outShape, "float32", value);
  }
  const image = trace.op("Transpose", [trace.rowMajor(x)], { perm: toChannelsFirst });
  const value = trace.op("Conv", [image, channelsFirstFilter(trace, filter, info)], attributes);
  const result = trace.op("Transpose", [value], { perm: toChannelsLast });
  return trace.fromRowMajor(info.outShape, "float32", result);
}

export function depthwiseInputGradient(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const inset = insetOf(info);
  if (inset !== undefined) {
    const part = depthwiseInputGradient(trace, dy, filter, inset.info);
    return putPart(trace, part, inset, info.inShape);
  }
  if (isDense(info) && isBlockable(trace, dy, info)) {
    return denseInputGradient(trace, dy, filter, info);
  }
  const attributes = { ...transposedAttributes(info), group: info.inChannels };
  const image = trace.op("Transpose", [trace.rowMajor(dy)], { perm: toChannelsFirst });
  const inputs = [image, channelsFirstFilter(trace, filter, info)];
  const value = trace.op("ConvTranspose", inputs, attributes);
  const result = trace.op("Transpose", [value], { perm: toChannelsLast });
  return trace.fromRowMajor(info.inShape, "float32", result);
}

/** Tap by tap: the sum over batch and positions of dy times the input that the tap saw. */
export function depthwiseFilterGradient(
  trace: Trace,
  x: SymbolicTensor,
  dy: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const inset = insetOf(info);
  if (inset !== undefined) {
    return depthwiseFilterGradient(trace, takePart(trace, x, inset), dy, inset.info);
  }
  const { batchSize, outHeight, outWidth, inChannels, filterHeight, filterWidth } = info;
  const { top, left, bottom, right } = info.padInfo;
  const multiplier = info.outChannels / inChannels;
  const pads = trace.int64([0, top, left, 0, 0, bottom, right, 0]);
  const padded = trace.op("Pad", [trace.rowMajor(x), pads]);
  const seen = [batchSize, outHeight, outWidth, inChannels, 1];
  const errors = trace.reshape(trace.rowMajor(dy), seen.with(4, multiplier));
  const axes = trace.int64([1, 2]);
  const steps = trace.int64([info.strideHeight, info.strideWidth]);
  const taps: Value[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const start = [row * info.dilationHeight, column * info.dilationWidth];
      const end = [
        (start[0] ?? 0) + (outHeight - 1) * info.strideHeight + 1,
        (start[1] ?? 0) + (outWidth - 1) * info.strideWidth + 1,
      ];
      const bounds = [trace.int64(start), trace.int64(end), axes, steps];
      const values = trace.reshape(trace.op("Slice", [padded, ...bounds]), seen);
      const products = trace.op("Mul", [values, errors]);
      taps.push(trace.op("ReduceSum", [products, trace.int64([0, 1, 2])], { keepdims: 0 }));
    }
  }
  const value = trace.op("Concat", taps, { axis: 0 });
  return trace.fromRowMajor(info.filterShape, "float32", trace.reshape(value, info.filterShape));
}

/** With stride 1 it is a depthwise convolution with the filter turned by 180 degrees. */
function denseInputGradient(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const { filterHeight, filterWidth, padInfo, inChannels } = info;
  const before = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left] as const;
  const after = [
    info.inHeight + filterHeight - 1 - info.outHeight - before[0],
    info.inWidth + filterWidth - 1 - info.outWidth - before[1],
  ] as const;
  const { cropped, pads } = cropForPads(trace, dy, before, after);
  const attributes = { kernel_shape: [filterHeight, filterWidth], pads, group: inChannels };
  const inputs = [trace.blocked4(cropped), blockedFilter(trace, filter, info, true)];
  const value = trace.blockedOp("Conv", inputs, attributes);
  return trace.fromBlocked4(info.inShape, "float32", value);
}

function isBlockable(trace: Trace, x: SymbolicTensor, info: ConvInfo): boolean {
  return info.outChannels === info.inChannels && trace.canBlock(x);
}

/** `[channel / k, tap, channel in block]`, labelled `[channel, 1, height, width]`. */
function blockedFilter(
  trace: Trace,
  filter: SymbolicTensor,
  { filterHeight, filterWidth, inChannels }: ConvInfo,
  isTurned: boolean,
): Value {
  const k = trace.blockSize;
  const tapCount = filterHeight * filterWidth;
  const taps = Array.from({ length: tapCount }, (_, tap) => isTurned ? tapCount - 1 - tap : tap);
  const rows = trace.reshape(trace.rowMajor(filter), [tapCount, inChannels]);
  const ordered = isTurned
    ? trace.op("Gather", [rows, trace.literal(taps, [tapCount], "int64")], { axis: 0 })
    : rows;
  const split = trace.reshape(ordered, [tapCount, inChannels / k, k]);
  const blocked = trace.op("Transpose", [split], { perm: [1, 0, 2] });
  return trace.reshape(blocked, [inChannels, 1, filterHeight, filterWidth]);
}

/** `[output channel, 1, height, width]`. */
function channelsFirstFilter(
  trace: Trace,
  filter: SymbolicTensor,
  { filterHeight, filterWidth, outChannels }: ConvInfo,
): Value {
  const moved = trace.op("Transpose", [trace.rowMajor(filter)], { perm: [2, 3, 0, 1] });
  return trace.reshape(moved, [outChannels, 1, filterHeight, filterWidth]);
}
