/** Concatenation; over channels it is left to consumers as long as possible. */

import { sizeOf } from "../graph/graph.ts";
import { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Joins tensors along an axis; negative axes count from the end. */
export function concatenate(
  trace: Trace,
  tensors: readonly SymbolicTensor[],
  axis: number,
): SymbolicTensor {
  const [first] = tensors;
  if (first === undefined) throw new Error("Cannot concatenate tensors: there are none");
  const rank = first.shape.length;
  const along = axis < 0 ? axis + rank : axis;
  const parts = tensors.filter((tensor) => sizeOf(tensor.shape) > 0);
  if (parts.length <= 1) return parts[0] ?? first;
  const total = parts.reduce((sum, part) => sum + (part.shape[along] ?? 0), 0);
  const shape = first.shape.map((extent, position) => position === along ? total : extent);

  const isChannels = rank === 4 && along === 3;
  const isBlocked = parts.every((part) => trace.canBlock(part)) &&
    parts.some((part) => trace.prefersBlocked(part));
  if (isBlocked) {
    const make = () => {
      const values = parts.map((part) => trace.blocked5(part));
      const value = trace.op("Concat", values, { axis: trace.blockedAxis(along) });
      return trace.fromBlocked5(shape, first.dtype, value);
    };
    return isChannels ? defer(parts, shape, make) : make();
  }
  const make = () => {
    const values = parts.map((part) => trace.rowMajor(part));
    return trace.fromRowMajor(shape, first.dtype, trace.op("Concat", values, { axis: along }));
  };
  return isChannels && isSumOfConvs(trace, parts, total) ? defer(parts, shape, make) : make();
}

/** Whether a convolution over the parts, one by one, beats one over the ragged whole. */
function isSumOfConvs(trace: Trace, parts: readonly SymbolicTensor[], total: number): boolean {
  const block = trace.blockSize;
  if (block === 0 || total <= block || total % block === 0) return false;
  return parts.every((part) => {
    const channels = part.shape[3] ?? 0;
    return part.dtype === "float32" && (channels % block === 0 || channels < block);
  });
}

function defer(
  parts: readonly SymbolicTensor[],
  shape: readonly number[],
  make: () => SymbolicTensor,
): SymbolicTensor {
  const dtype = parts[0]?.dtype ?? "float32";
  return new SymbolicTensor(shape, dtype, {
    kind: "deferred",
    make,
    as: { kind: "concat", parts },
  });
}
