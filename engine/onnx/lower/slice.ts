/** Slices with step 1. */

import { isSameShape } from "../graph/graph.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** The part of a tensor from `begin`, of extents `size`. */
export function slice(
  trace: Trace,
  x: SymbolicTensor,
  begin: readonly number[],
  size: readonly number[],
): SymbolicTensor {
  if (isSameShape(size, x.shape)) return x;
  if (x.uniformValue !== undefined) return trace.splat(size, x.dtype, x.uniformValue);
  const axes = size.map((_, axis) => axis).filter((axis) => size[axis] !== x.shape[axis]);
  const starts = axes.map((axis) => begin[axis] ?? 0);
  const ends = axes.map((axis) => (begin[axis] ?? 0) + (size[axis] ?? 0));

  const { deferred } = x;
  const isChannels = axes.length === 1 && axes[0] === 3;
  if (isChannels && deferred?.kind === "input_gradient") {
    return deferred.channels(begin[3] ?? 0, size[3] ?? 0);
  }
  if (isChannels && deferred?.kind === "concat") {
    const part = partAt(deferred.parts, begin[3] ?? 0, size[3] ?? 0);
    if (part !== undefined) return part;
  }
  const block = trace.blockSize;
  const isAligned = trace.fillsBlocks(size) && (begin[3] ?? 0) % block === 0;
  if (trace.prefersBlocked(x) && isAligned) {
    const inBlocks = (position: number, index: number) =>
      axes[index] === 3 ? position / block : position;
    const value = trace.op("Slice", [
      trace.blocked5(x),
      trace.int64(starts.map(inBlocks)),
      trace.int64(ends.map(inBlocks)),
      trace.int64(axes.map((axis) => trace.blockedAxis(axis))),
    ]);
    return trace.fromBlocked5(size, x.dtype, value);
  }
  const bounds = [trace.int64(starts), trace.int64(ends), trace.int64(axes)];
  return trace.fromRowMajor(size, x.dtype, trace.op("Slice", [trace.rowMajor(x), ...bounds]));
}

/** The part of a concatenation that a slice asks for exactly. */
function partAt(parts: readonly SymbolicTensor[], begin: number, count: number) {
  let position = 0;
  for (const part of parts) {
    const channels = part.shape[3] ?? 0;
    if (position === begin && channels === count) return part;
    position += channels;
  }
  return undefined;
}
