/** Element-wise functions of one tensor, in whatever layout it is. */

import type { Value } from "../graph/graph.ts";
import { SymbolicTensor, type TensorDtype } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/**
 * Applies `record` to the values of a tensor.
 * @param record Records the operators for one value and returns the result's value.
 */
export function mapElements(
  trace: Trace,
  x: SymbolicTensor,
  record: (value: Value) => Value,
  dtype: TensorDtype = x.dtype,
): SymbolicTensor {
  if (x.origin.kind === "broadcast") {
    const of = mapElements(trace, x.origin.of, record, dtype);
    return new SymbolicTensor(x.shape, dtype, { kind: "broadcast", of });
  }
  if (x.uniformValue !== undefined) {
    const ones = x.shape.map(() => 1);
    const value = record(trace.rowMajor(trace.splat(ones, x.dtype, x.uniformValue)));
    return trace.stretch(trace.fromRowMajor(ones, dtype, value), x.shape);
  }
  if (trace.prefersBlocked(x)) {
    trace.settle(x);
    return x.blocked4 !== undefined
      ? trace.fromBlocked4(x.shape, dtype, record(x.blocked4))
      : trace.fromBlocked5(x.shape, dtype, record(trace.blocked5(x)));
  }
  return trace.fromRowMajor(x.shape, dtype, record(trace.rowMajor(x)));
}
