/** Pooling over windows of `[batch, height, width, channel]` tensors. */

import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { insetOf, takePart } from "./inset.ts";
import { channelsFirst, fromChannelsFirst, poolAttributes, type PoolInfo } from "./pool_info.ts";

/** Maximum, or mean over those elements of a window that lie inside the image. */
export function pool(
  trace: Trace,
  op: "MaxPool" | "AveragePool",
  x: SymbolicTensor,
  info: PoolInfo,
): SymbolicTensor {
  const inset = insetOf(info);
  if (inset !== undefined) return pool(trace, op, takePart(trace, x, inset), inset.info);
  const settings = poolAttributes(info);
  if (trace.canBlock(x)) {
    const value = trace.blockedOp(op, [trace.blocked4(x)], settings);
    return trace.fromBlocked4(info.outShape, x.dtype, value);
  }
  const value = trace.op(op, [channelsFirst(trace, x)], settings);
  return fromChannelsFirst(trace, info.outShape, value);
}
