/** Products of row-major matrices, with transposition where it is free. */

import type { Value } from "../graph/graph.ts";
import type { Trace } from "../trace.ts";

export interface MatMulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Rank of both operands; 2 unless stated. Only the portable form needs it. */
  readonly rank?: number;
  /** Integers have the portable form only. */
  readonly isInteger?: boolean;
}

/** The product of the last two axes, broadcasting the others. */
export function matMul(trace: Trace, a: Value, b: Value, options: MatMulOptions = {}): Value {
  const { transposeA = false, transposeB = false, rank = 2, isInteger = false } = options;
  if (!transposeA && !transposeB) return trace.op("MatMul", [a, b]);
  if (!trace.isPortable && !isInteger) {
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    return trace.microsoftOp("FusedMatMul", [a, b], attributes);
  }
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  perm.splice(rank - 2, 2, rank - 1, rank - 2);
  const transposed = (value: Value) => trace.op("Transpose", [value], { perm });
  return trace.op("MatMul", [transposeA ? transposed(a) : a, transposeB ? transposed(b) : b]);
}
