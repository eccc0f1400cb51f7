/** Products of the last two axes of tensors. */

import { broadcast_util } from "@tensorflow/tfjs-core";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import { padRank, type Trace } from "../trace.ts";
import { matMul } from "./mat_mul.ts";

export interface MultiplyOptions {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Multiplies matrices; the axes before the last two are broadcast. */
export function multiplyBatches(
  trace: Trace,
  a: SymbolicTensor,
  b: SymbolicTensor,
  { transposeA, transposeB }: MultiplyOptions,
): SymbolicTensor {
  const batch = broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (inner[0] !== inner[1]) {
    throw new Error(`inner axes of a product must be equal, but are ${inner[0]} and ${inner[1]}`);
  }
  const rows = a.shape.at(transposeA ? -1 : -2) ?? 0;
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
  const rank = batch.length + 2;
  const operand = (x: SymbolicTensor) => trace.rowMajor(trace.withShape(x, padRank(x.shape, rank)));
  const options = { transposeA, transposeB, rank, isInteger: a.dtype === "int32" };
  const value = matMul(trace, operand(a), operand(b), options);
  return trace.fromRowMajor([...batch, rows, columns], a.dtype, value);
}
