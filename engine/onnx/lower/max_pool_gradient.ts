/** Gradient of maximum pooling. */

import { sizeOf, type Value } from "../graph/graph.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { insetOf, putPart, takePart } from "./inset.ts";
import {
  channelsFirst,
  fromChannelsFirst,
  isTiling,
  poolAttributes,
  type PoolInfo,
} from "./pool_info.ts";

/** The gradient goes to the first maximum of each window, in row-major order. */
export function maxPoolGradient(
  trace: Trace,
  dy: SymbolicTensor,
  x: SymbolicTensor,
  y: SymbolicTensor,
  info: PoolInfo,
): SymbolicTensor {
  const inset = insetOf(info);
  if (inset !== undefined) {
    const part = maxPoolGradient(trace, dy, takePart(trace, x, inset), y, inset.info);
    return putPart(trace, part, inset, x.shape);
  }
  if (isTiling(info)) {
    const isBlocked = trace.canBlock(x) && (trace.prefersBlocked(x) || trace.prefersBlocked(dy));
    const compute = isBlocked ? blockedTilingGradient : plainTilingGradient;
    return compute(trace, dy, x, y, info);
  }
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

/**
 * Windows side by side, blocked: elements that equal their window's maximum are ranked by position,
 * and the highest rank is found by pooling once more. Only operators that run on all cores.
 */
function blockedTilingGradient(
  trace: Trace,
  dy: SymbolicTensor,
  x: SymbolicTensor,
  y: SymbolicTensor,
  info: PoolInfo,
): SymbolicTensor {
  const { batchSize, inChannels, outHeight, inHeight, inWidth, strideHeight, strideWidth } = info;
  const k = trace.blockSize;
  const scales = [1, 1, strideHeight, strideWidth];
  const spread = (value: Value) =>
    trace.blockedOp("Upsample", [value], { scales, mode: "nearest" });
  const isMaximum = trace.op("Equal", [trace.blocked4(x), spread(trace.blocked4(y))]);
  // Ranks repeat from one line of windows to the next; long lines broadcast fast.
  const line = strideHeight * inWidth * k;
  const ranks = Float32Array.from({ length: line }, (_, position) => {
    const row = Math.floor(position / (inWidth * k));
    const column = Math.floor(position / k) % strideWidth;
    return strideHeight * strideWidth - row * strideWidth - column;
  });
  const lines = trace.reshape(isMaximum, [batchSize * (inChannels / k) * outHeight, line]);
  const table = trace.literal(ranks, [line], "float32");
  const ranked = trace.reshape(
    trace.op("Where", [lines, table, trace.scalar(0)]),
    [batchSize, inChannels, inHeight, inWidth],
  );
  const best = trace.blockedOp("MaxPool", [ranked], poolAttributes(info));
  const isFirst = trace.op("Equal", [ranked, spread(best)]);
  const value = trace.op("Where", [isFirst, spread(trace.blocked4(dy)), trace.scalar(0)]);
  return trace.fromBlocked4(x.shape, "float32", value);
}

/** Windows side by side, row-major: each element of the windows in turn. */
function plainTilingGradient(
  trace: Trace,
  dy: SymbolicTensor,
  x: SymbolicTensor,
  y: SymbolicTensor,
  info: PoolInfo,
): SymbolicTensor {
  const { batchSize, inChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  const rows = batchSize * outHeight;
  const single = [rows, 1, outWidth, 1, inChannels];
  const windows = trace.reshape(
    trace.rowMajor(x),
    [rows, strideHeight, outWidth, strideWidth, inChannels],
  );
  const maxima = trace.reshape(trace.rowMajor(y), single);
  const errors = trace.reshape(trace.rowMajor(dy), single);
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
  return trace.fromRowMajor(x.shape, "float32", trace.reshape(value, x.shape));
}
