/** Forward convolution of `[batch, height, width, channel]` tensors. */

import { type Attributes, sizeOf, type Value } from "../../graph/graph.ts";
import { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { insetOf, takePart } from "../inset.ts";
import { matMul } from "../mat_mul.ts";
import { slice } from "../slice.ts";
import { forwardFilter } from "./blocked_filter.ts";
import { convAttributes, type ConvInfo, isPointwise } from "./conv_info.ts";

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

/** Records `x * filter` in the fastest form that the channel counts allow. */
export function convolve(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  if (x.uniformValue === 0) return trace.splat(info.outShape, "float32", 0);
  const inset = insetOf(info);
  if (inset !== undefined) return convolve(trace, takePart(trace, x, inset), filter, inset.info);
  if (isPointwise(info) && (trace.isPortable || !trace.prefersBlocked(x))) {
    const { inChannels, outChannels } = info;
    const matrix = trace.rowMajor(trace.withShape(filter, [inChannels, outChannels]));
    return trace.fromRowMajor(info.outShape, "float32", matMul(trace, trace.rowMajor(x), matrix));
  }
  if (trace.isPortable) return convolvePortable(trace, x, filter, info);
  const attributes = convAttributes(info);
  if (x.deferred?.kind === "concat" && info.outChannels % trace.blockSize === 0) {
    return convolveParts(trace, x.deferred.parts, filter, info);
  }
  if (!canFeed(trace, info.inChannels)) return convolvePortable(trace, x, filter, info);
  return convolveBlocked(trace, x, forwardFilter(trace, filter), info.outShape, attributes);
}

/** Whether a blocked convolution can read a tensor with so many channels. */
export function canFeed(trace: Trace, channels: number): boolean {
  // Fewer channels than a block are read channels first; ORT reorders multiples of 4 otherwise.
  const block = trace.blockSize;
  return block > 0 && (channels < block || channels % block === 0 || channels % 4 === 0);
}

/**
 * A blocked convolution of any tensor.
 * @param filter In the order of `blocked_filter.ts`.
 * @param sum Blocked value added to the result.
 */
export function convolveBlocked(
  trace: Trace,
  x: SymbolicTensor,
  filter: Value,
  shape: readonly number[],
  attributes: Attributes,
  sum?: Value,
): SymbolicTensor {
  const inputs = [feed(trace, x), filter, ...(sum === undefined ? [] : ["", sum])];
  const value = trace.blockedOp("Conv", inputs, attributes);
  const channels = shape[3] ?? 0;
  if (channels % trace.blockSize === 0) {
    return trace.fromBlocked4(shape, "float32", value, { kind: "conv", inputs, attributes });
  }
  const reorder = { channels, channels_last: 1 };
  return trace.fromRowMajor(shape, "float32", trace.blockedOp("ReorderOutput", [value], reorder));
}

/** The value of a tensor as a blocked convolution reads it. */
function feed(trace: Trace, x: SymbolicTensor): Value {
  const channels = x.shape[3] ?? 0;
  if (channels < trace.blockSize) {
    const [batch = 0, height = 0, width = 0] = x.shape;
    // One channel is channels first and last at once.
    if (channels === 1) return trace.reshape(trace.rowMajor(x), [batch, 1, height, width]);
    return trace.op("Transpose", [trace.rowMajor(x)], { perm: toChannelsFirst });
  }
  if (channels % trace.blockSize === 0) return trace.blocked4(x);
  return trace.blockedOp("ReorderInput", [trace.rowMajor(x)], { channels_last: 1 });
}

/** A convolution over joined channels is the sum of convolutions over the parts. */
function convolveParts(
  trace: Trace,
  parts: readonly SymbolicTensor[],
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const [height = 0, width = 0, , outChannels = 0] = filter.shape;
  let begin = 0;
  const pieces = parts.map((part) => {
    const channels = part.shape[3] ?? 0;
    const size = [height, width, channels, outChannels];
    const piece = { part, filter: slice(trace, filter, [0, 0, begin, 0], size) };
    begin += channels;
    return piece;
  });
  // The widest first: it starts from nothing, the others add to what is there.
  const busy = pieces.filter((piece) => piece.part.uniformValue !== 0);
  busy.sort((a, b) => sizeOf(b.part.shape) - sizeOf(a.part.shape));
  const attributes = convAttributes(info);
  let total: SymbolicTensor | undefined;
  for (const piece of busy) {
    const blocked = forwardFilter(trace, piece.filter);
    const sum = total && trace.blocked4(total);
    total = convolveBlocked(trace, piece.part, blocked, info.outShape, attributes, sum);
  }
  return total ?? trace.splat(info.outShape, "float32", 0);
}

function convolvePortable(
  trace: Trace,
  x: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const image = trace.op("Transpose", [trace.rowMajor(x)], { perm: toChannelsFirst });
  const weights = trace.op("Transpose", [trace.rowMajor(filter)], { perm: [3, 2, 0, 1] });
  const value = trace.op("Conv", [image, weights], convAttributes(info));
  const result = trace.op("Transpose", [value], { perm: toChannelsLast });
  return trace.fromRowMajor(info.outShape, "float32", result);
}
