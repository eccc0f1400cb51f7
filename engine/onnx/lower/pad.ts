/** Constants around a tensor. */

import { isSameShape, type Value } from "../graph/graph.ts";
import { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Elements before and after, for each axis. */
export type Paddings = readonly (readonly [number, number])[];

export function pad(
  trace: Trace,
  x: SymbolicTensor,
  paddings: Paddings,
  constantValue: number,
): SymbolicTensor {
  const shape = x.shape.map((extent, axis) => {
    const [before, after] = paddings[axis] ?? [0, 0];
    return extent + before + after;
  });
  if (isSameShape(shape, x.shape)) return x;
  if (x.uniformValue === constantValue) return trace.splat(shape, x.dtype, constantValue);
  return padChannels(trace, x, shape, paddings, constantValue) ??
    padRowMajor(trace, x, shape, paddings, constantValue);
}

function padRowMajor(
  trace: Trace,
  x: SymbolicTensor,
  shape: readonly number[],
  paddings: Paddings,
  constantValue: number,
): SymbolicTensor {
  const befores = paddings.map(([before]) => before);
  const afters = paddings.map(([, after]) => after);
  const pads = trace.int64([...befores, ...afters]);
  const inputs = [trace.rowMajor(x), pads, trace.scalar(constantValue, x.dtype)];
  return trace.fromRowMajor(shape, x.dtype, trace.op("Pad", inputs));
}

/** The gradient of a slice of channels: deferred, because sums of such are concatenations. */
function padChannels(
  trace: Trace,
  x: SymbolicTensor,
  shape: readonly number[],
  paddings: Paddings,
  constantValue: number,
): SymbolicTensor | undefined {
  const [before = 0, after = 0] = paddings[3] ?? [];
  const isChannelsOnly = paddings.every(([a, b], axis) => axis === 3 || a === 0 && b === 0);
  const isAligned = trace.fillsBlocks(shape) && trace.canBlock(x) && x.dtype === "float32" &&
    before % trace.blockSize === 0;
  if (!isChannelsOnly || !isAligned || constantValue !== 0) return undefined;
  const zeros = (channels: number): Value[] =>
    channels === 0
      ? []
      : [trace.blocked5(trace.splat([...shape.slice(0, 3), channels], "float32", 0))];
  const make = () => {
    const parts = [...zeros(before), trace.blocked5(x), ...zeros(after)];
    return trace.fromBlocked5(shape, "float32", trace.op("Concat", parts, { axis: 1 }));
  };
  const as = { kind: "channel_pad", of: x, before } as const;
  return new SymbolicTensor(shape, "float32", { kind: "deferred", make, as });
}
