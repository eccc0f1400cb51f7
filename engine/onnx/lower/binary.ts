/** Element-wise functions of two tensors with broadcasting. */

import { broadcast_util } from "@tensorflow/tfjs-core";
import { isSameShape, sizeOf, type Value } from "../graph/graph.ts";
import { SymbolicTensor, type TensorDtype } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { concatenate } from "./concat.ts";
import { foldAdd, scaleChannels } from "./fold_add.ts";

interface Operands {
  readonly op: string;
  readonly a: SymbolicTensor;
  readonly b: SymbolicTensor;
  readonly shape: readonly number[];
  readonly dtype: TensorDtype;
}

/**
 * Records `op` of two tensors.
 * @param op Name of the ONNX operator: "Add", "Mul", "Greater", ...
 */
export function combine(
  trace: Trace,
  op: string,
  a: SymbolicTensor,
  b: SymbolicTensor,
  dtype: TensorDtype = a.dtype,
): SymbolicTensor {
  const shape = broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const operands = { op, a, b, shape, dtype };
  return foldUniform(trace, operands) ?? joinPads(trace, operands) ??
    skipNeutral(trace, operands) ?? combineStretched(trace, operands) ??
    combineBlocked(trace, operands) ?? combineWithOne(trace, operands) ??
    combinePlain(trace, operands);
}

const arithmetic: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
};

/** Two uniform tensors make a uniform tensor. */
function foldUniform(trace: Trace, { op, a, b, shape, dtype }: Operands) {
  const compute = arithmetic[op];
  if (a.uniformValue === undefined || b.uniformValue === undefined) return undefined;
  if (compute === undefined || dtype !== "float32") return undefined;
  return trace.splat(shape, dtype, Math.fround(compute(a.uniformValue, b.uniformValue)));
}

/** The sum of gradients of two adjoining slices of channels is their concatenation. */
function joinPads(trace: Trace, { op, a, b }: Operands) {
  if (op !== "Add" || a.deferred?.kind !== "channel_pad" || b.deferred?.kind !== "channel_pad") {
    return undefined;
  }
  const [first, second] = a.deferred.before < b.deferred.before
    ? [a.deferred, b.deferred]
    : [b.deferred, a.deferred];
  const firstCount = first.of.shape[3] ?? 0;
  const isWhole = isSameShape(a.shape, b.shape) && first.before === 0 &&
    second.before === firstCount && firstCount + (second.of.shape[3] ?? 0) === a.shape[3];
  return isWhole ? concatenate(trace, [first.of, second.of], 3) : undefined;
}

/**
 * x + 0, x - 0, x * 1 and x / 1 are x; x * 0 is 0, also for an x that is not finite: the first step
 * of a recurrent network starts from zeros, and a tenth of its work would be spent on them.
 */
function skipNeutral(trace: Trace, { op, a, b, shape, dtype }: Operands) {
  if (op === "Mul" && (a.uniformValue === 0 || b.uniformValue === 0)) {
    return trace.splat(shape, dtype, 0);
  }
  const neutral = op === "Mul" || op === "Div" ? 1 : op === "Add" || op === "Sub" ? 0 : undefined;
  if (neutral === undefined || a.dtype !== b.dtype) return undefined;
  if (b.uniformValue === neutral) return trace.stretch(a, shape);
  const commutes = op === "Mul" || op === "Add";
  return commutes && a.uniformValue === neutral ? trace.stretch(b, shape) : undefined;
}

/** Two stretched tensors are combined before stretching. */
function combineStretched(trace: Trace, { op, a, b, shape, dtype }: Operands) {
  if (!a.isStretched || !b.isStretched) return undefined;
  if (a.uniformValue !== undefined && b.uniformValue !== undefined) {
    const scalars = [trace.scalar(a.uniformValue, a.dtype), trace.scalar(b.uniformValue, b.dtype)];
    return trace.stretch(trace.fromRowMajor([], dtype, trace.op(op, scalars)), shape);
  }
  const small = (x: SymbolicTensor) =>
    x.uniformValue === undefined ? x.unstretched : trace.splat([], x.dtype, x.uniformValue);
  return trace.stretch(combine(trace, op, small(a), small(b), dtype), shape);
}

function combineBlocked(trace: Trace, operands: Operands) {
  const { op, a, b, shape, dtype } = operands;
  if (!trace.fillsBlocks(shape)) return undefined;
  const isWhole = (x: SymbolicTensor) => isSameShape(x.shape, shape) && !x.isStretched;
  const isBlockedA = isWhole(a) && trace.prefersBlocked(a);
  const isBlockedB = isWhole(b) && trace.prefersBlocked(b);
  if (!isBlockedA && !isBlockedB) return undefined;
  trace.settle(a);
  trace.settle(b);
  if (op === "Add") {
    const folded = foldAdd(trace, a, b) ?? foldAdd(trace, b, a);
    if (folded !== undefined) return folded;
  }
  const canA = isWhole(a) && (isBlockedA || trace.canBlock(a));
  const canB = isWhole(b) && (isBlockedB || trace.canBlock(b));
  if (canA && canB) return combineBothBlocked(trace, operands);
  const blocked = isBlockedA ? a : b;
  const other = isBlockedA ? b : a;
  if (op === "Mul" && dtype === "float32" && scalarOf(trace, other) === undefined) {
    const scaled = scaleChannels(trace, blocked, other.unstretched);
    if (scaled !== undefined) return scaled;
  }
  const order = (x: Value, y: Value) => isBlockedA ? [x, y] : [y, x];
  const scalar = scalarOf(trace, other);
  if (scalar !== undefined && blocked.blocked4 !== undefined) {
    return trace.fromBlocked4(shape, dtype, trace.op(op, order(blocked.blocked4, scalar)));
  }
  const operand = scalar ?? trace.blockedRow(other.unstretched, shape);
  if (operand === undefined) return undefined;
  return trace.fromBlocked5(shape, dtype, trace.op(op, order(trace.blocked5(blocked), operand)));
}

function combineBothBlocked(trace: Trace, { op, a, b, shape, dtype }: Operands) {
  const hasFives = a.blocked5 !== undefined && b.blocked5 !== undefined;
  if (hasFives && (a.blocked4 === undefined || b.blocked4 === undefined)) {
    return trace.fromBlocked5(shape, dtype, trace.op(op, [trace.blocked5(a), trace.blocked5(b)]));
  }
  return trace.fromBlocked4(shape, dtype, trace.op(op, [trace.blocked4(a), trace.blocked4(b)]));
}

/** ORT is 25 times slower on (scalar, tensor) when the tensor's last axis is 1: flatten first. */
function combineWithOne(trace: Trace, { op, a, b, shape, dtype }: Operands) {
  if (shape.length < 2 || shape[shape.length - 1] !== 1 || sizeOf(shape) <= 1) return undefined;
  const scalarA = scalarOf(trace, a);
  const scalarB = scalarOf(trace, b);
  if ((scalarA === undefined) === (scalarB === undefined)) return undefined;
  const whole = scalarA === undefined ? a : b;
  if (!isSameShape(whole.shape, shape)) return undefined;
  const flat = trace.reshape(trace.rowMajor(whole), [sizeOf(shape)]);
  const value = trace.op(op, [scalarA ?? flat, scalarB ?? flat]);
  return trace.fromRowMajor(shape, dtype, trace.reshape(value, shape));
}

function combinePlain(trace: Trace, { op, a, b, shape, dtype }: Operands): SymbolicTensor {
  // ORT stretches small operands by itself, as long as the other one has the full shape.
  const operand = (x: SymbolicTensor, peer: SymbolicTensor) => {
    if (!isSameShape(peer.shape, shape)) return trace.rowMajor(x);
    if (x.uniformValue !== undefined) return trace.scalar(x.uniformValue, x.dtype);
    return trace.rowMajor(x.unstretched);
  };
  return trace.fromRowMajor(shape, dtype, trace.op(op, [operand(a, b), operand(b, a)]));
}

/** The value of rank 0 that a tensor repeats, if it repeats one number. */
function scalarOf(trace: Trace, x: SymbolicTensor): Value | undefined {
  if (x.uniformValue !== undefined) return trace.scalar(x.uniformValue, x.dtype);
  const small = x.unstretched;
  if (sizeOf(small.shape) !== 1) return undefined;
  return trace.rowMajor(trace.withShape(small, []));
}
