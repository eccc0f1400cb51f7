/** Reductions over axes. */

import { util } from "@tensorflow/tfjs-core";
import { isSameShape, type Value } from "../graph/graph.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { combine } from "./binary.ts";

export type Reduction = "Sum" | "Mean" | "Max" | "Min" | "Prod";

interface Plan {
  readonly op: Reduction;
  readonly axes: readonly number[];
  /** Shape with reduced axes of extent 1. */
  readonly kept: readonly number[];
  /** Shape of the result. */
  readonly out: readonly number[];
}

/** Reduces `axis` (one, several, or all when undefined) as tfjs counts them. */
export function reduce(
  trace: Trace,
  op: Reduction,
  x: SymbolicTensor,
  axis: number | number[] | undefined,
  keepDims: boolean,
): SymbolicTensor {
  const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), [...x.shape]);
  const kept = x.shape.map((extent, position) => axes.includes(position) ? 1 : extent);
  const out = keepDims ? kept : x.shape.filter((_, position) => !axes.includes(position));
  if (axes.every((position) => x.shape[position] === 1)) return trace.withShape(x, out);
  const plan = { op, axes, kept, out };
  return reduceSplat(trace, x, plan) ?? reduceBroadcast(trace, x, plan) ??
    reduceBlocked(trace, x, plan) ?? reducePlain(trace, x, plan);
}

function reduceSplat(trace: Trace, x: SymbolicTensor, { op, axes, out }: Plan) {
  if (x.uniformValue === undefined || op === "Prod") return undefined;
  return trace.splat(out, x.dtype, op === "Sum" ? x.uniformValue * count(x, axes) : x.uniformValue);
}

/** Reduces the small tensor; a sum counts the axes along which it would have been stretched. */
function reduceBroadcast(trace: Trace, x: SymbolicTensor, { op, axes, kept, out }: Plan) {
  if (x.origin.kind !== "broadcast" || op === "Prod") return undefined;
  const small = x.origin.of;
  const reduced = reduce(trace, op, small, [...axes], true);
  const factor = op === "Sum" ? count(x, axes.filter((axis) => small.shape[axis] === 1)) : 1;
  const scaled = factor === 1
    ? reduced
    : combine(trace, "Mul", reduced, trace.splat([], x.dtype, factor));
  return trace.withShape(trace.stretch(scaled, kept), out);
}

/** Over height and width within blocks; the batch in a second stage, which is five times faster. */
function reduceBlocked(trace: Trace, x: SymbolicTensor, { op, axes, out }: Plan) {
  if (!trace.prefersBlocked(x)) return undefined;
  trace.settle(x);
  if (axes.length === 4) {
    const value = x.blocked4 ?? trace.blocked5(x);
    const all = value === x.blocked4 ? [0, 1, 2, 3] : [0, 1, 2, 3, 4];
    return labelled(trace, x, [], out, record(trace, op, value, all));
  }
  if (axes.includes(3) || !axes.includes(1) || !axes.includes(2)) return undefined;
  const planes = record(trace, op, trace.blocked5(x), [2, 3]);
  const value = axes.includes(0) ? record(trace, op, planes, [0]) : planes;
  return trace.fromRowMajor(out, x.dtype, trace.reshape(value, out));
}

function reducePlain(trace: Trace, x: SymbolicTensor, { op, axes, out }: Plan) {
  const bare = x.shape.filter((_, position) => !axes.includes(position));
  return labelled(trace, x, bare, out, record(trace, op, trace.rowMajor(x), axes));
}

function labelled(
  trace: Trace,
  x: SymbolicTensor,
  bare: readonly number[],
  out: readonly number[],
  value: Value,
) {
  const shaped = isSameShape(bare, out) ? value : trace.reshape(value, out);
  return trace.fromRowMajor(out, x.dtype, shaped);
}

/** In operator set 17 only ReduceSum takes its axes as an input. */
function record(trace: Trace, op: Reduction, value: Value, axes: readonly number[]): Value {
  return op === "Sum"
    ? trace.op("ReduceSum", [value, trace.int64(axes)], { keepdims: 0 })
    : trace.op(`Reduce${op}`, [value], { axes, keepdims: 0 });
}

function count(x: SymbolicTensor, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
}
