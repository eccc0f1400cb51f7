/** One of two values, element by element. */

import type { Value } from "../graph/graph.ts";
import type { TensorDtype } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** `a` where the condition holds, else `b`; ONNX Runtime has no Where of booleans. */
export function choose(
  trace: Trace,
  dtype: TensorDtype,
  [condition, a, b]: readonly [Value, Value, Value],
): Value {
  if (dtype !== "bool") return trace.op("Where", [condition, a, b]);
  const first = trace.op("And", [condition, a]);
  const second = trace.op("And", [trace.op("Not", [condition]), b]);
  return trace.op("Or", [first, second]);
}
