/** Elements in the opposite order. */

import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Reverses along `axes`, which count from the first. */
export function reverse(
  trace: Trace,
  x: SymbolicTensor,
  axes: readonly number[],
): SymbolicTensor {
  if (axes.length === 0 || x.uniformValue !== undefined) return x;
  const each = (value: number) => trace.int64(axes.map(() => value));
  // ONNX clamps ends; this one lies before the first element for every extent.
  const bounds = [each(-1), each(-(2 ** 31)), trace.int64(axes), each(-1)];
  const value = trace.op("Slice", [trace.rowMajor(x), ...bounds]);
  return trace.fromRowMajor(x.shape, x.dtype, value);
}
