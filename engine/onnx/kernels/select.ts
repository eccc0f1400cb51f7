import { Select, type SelectInputs } from "@tensorflow/tfjs-core";
import { isSameShape } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import { choose } from "../lower/choose.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";

/** `t` where the condition holds, else `e`; a condition of rank 1 chooses along the first axis. */
export const select = defineKernel<SelectInputs>(
  Select,
  ["condition", "t", "e"],
  ({ trace, inputs: { condition, t, e } }) => {
    const shape = t.shape;
    const isWhole = isSameShape(condition.shape, shape);
    const canStay = (x: SymbolicTensor) => x.uniformValue !== undefined || trace.canBlock(x);
    if (isWhole && trace.prefersBlocked(condition) && canStay(t) && canStay(e)) {
      const operand = (x: SymbolicTensor) =>
        x.uniformValue === undefined ? trace.blocked4(x) : trace.scalar(x.uniformValue, x.dtype);
      const inputs = [trace.blocked4(condition), operand(t), operand(e)] as const;
      return trace.fromBlocked4(shape, t.dtype, choose(trace, t.dtype, inputs));
    }
    const operand = (x: SymbolicTensor) =>
      x.uniformValue !== undefined && isWhole
        ? trace.scalar(x.uniformValue, x.dtype)
        : trace.rowMajor(x);
    const rank = condition.shape.length;
    const chosen = rank === 0 || rank === shape.length
      ? condition
      : trace.withShape(condition, [...condition.shape, ...shape.slice(rank).map(() => 1)]);
    const inputs = [trace.rowMajor(chosen), operand(t), operand(e)] as const;
    return trace.fromRowMajor(shape, t.dtype, choose(trace, t.dtype, inputs));
  },
);
