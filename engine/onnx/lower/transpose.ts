/** Axes in another order. */

import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Axis `i` of the result is axis `perm[i]` of `x`. */
export function transpose(
  trace: Trace,
  x: SymbolicTensor,
  perm: readonly number[],
): SymbolicTensor {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  if (x.uniformValue !== undefined) return trace.splat(shape, x.dtype, x.uniformValue);
  // Axes of extent 1 may go anywhere without moving an element.
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  const isInOrder = moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1));
  if (isInOrder) return trace.withShape(x, shape);
  return trace.fromRowMajor(shape, x.dtype, trace.op("Transpose", [trace.rowMajor(x)], { perm }));
}
