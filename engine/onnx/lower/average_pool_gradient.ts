/** Gradient of mean pooling. */

import type { Value } from "../graph/graph.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { insetOf, putPart } from "./inset.ts";
import {
  channelsFirst,
  fromChannelsFirst,
  isTiling,
  poolAttributes,
  type PoolInfo,
  unreached,
} from "./pool_info.ts";

/** Each input gets its share of the mean of every window it was in. */
export function averagePoolGradient(
  trace: Trace,
  dy: SymbolicTensor,
  info: PoolInfo,
): SymbolicTensor {
  const inset = insetOf(info);
  if (inset !== undefined) {
    return putPart(trace, averagePoolGradient(trace, dy, inset.info), inset, info.inShape);
  }
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  if (isTiling(info) && trace.prefersBlocked(dy)) {
    const share = trace.scalar(1 / (filterHeight * filterWidth));
    const value = trace.op("Mul", [trace.blocked4(dy), share]);
    const scales = [1, 1, strideHeight, strideWidth];
    const spread = trace.blockedOp("Upsample", [value], { scales, mode: "nearest" });
    return trace.fromBlocked4(info.inShape, "float32", spread);
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
  return fromChannelsFirst(trace, info.inShape, value);
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
