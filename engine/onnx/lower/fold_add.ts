/**
 * Additions that cost nothing: MLAS adds a bias and a whole tensor while it stores the result of a
 * blocked convolution, and a depthwise convolution of size 1 scales and shifts in one pass.
 */

import { isSameShape, sizeOf, type Value } from "../graph/graph.ts";
import type { Origin, SymbolicTensor } from "../symbolic_tensor.ts";
import { channelVectorShape, type Trace } from "../trace.ts";

type Affine = Extract<Origin, { kind: "affine" }>;
type Conv = Extract<Origin, { kind: "conv" }>;

/** `x + addend` inside the convolution that makes `x`, or undefined if that cannot be. */
export function foldAdd(
  trace: Trace,
  x: SymbolicTensor,
  addend: SymbolicTensor,
): SymbolicTensor | undefined {
  if (addend.uniformValue !== undefined) return undefined;
  if (x.origin.kind === "conv") return foldIntoConv(trace, x, x.origin, addend);
  if (x.origin.kind === "affine") return foldIntoAffine(trace, x, x.origin, addend);
  return undefined;
}

/** `x * scale` for a blocked x and a scale per channel, or per batch and channel. */
export function scaleChannels(
  trace: Trace,
  x: SymbolicTensor,
  scale: SymbolicTensor,
): SymbolicTensor | undefined {
  const vector = batchChannelVector(trace, scale, x.shape);
  if (vector === undefined) return undefined;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const planes = batch * channels;
  const view = trace.reshape(trace.blocked4(x), [1, planes, height, width]);
  const inputs = [view, trace.reshape(vector, [planes, 1, 1, 1])];
  return affine(trace, x.shape, inputs, { kernel_shape: [1, 1], group: planes });
}

function foldIntoConv(trace: Trace, x: SymbolicTensor, conv: Conv, addend: SymbolicTensor) {
  const [input = "", filter = "", bias = "", sum = ""] = conv.inputs;
  const small = addend.unstretched;
  const channels = x.shape[3] ?? 0;
  const isBias = small.shape.length > 0 && small.shape[small.shape.length - 1] === channels &&
    sizeOf(small.shape) === channels;
  if (isBias && bias === "") {
    const vector = trace.rowMajor(trace.withShape(small, [channels]));
    const inputs = [input, filter, vector, ...(sum === "" ? [] : [sum])];
    return convolve(trace, x.shape, inputs, conv);
  }
  if (sum === "" && isWholeBlocked(trace, addend, x.shape)) {
    return convolve(trace, x.shape, [input, filter, bias, trace.blocked4(addend)], conv);
  }
  return undefined;
}

function foldIntoAffine(trace: Trace, x: SymbolicTensor, origin: Affine, addend: SymbolicTensor) {
  const [input = "", scale = "", shift = "", sum = ""] = origin.inputs;
  if (shift === "" && !isSameShape(addend.unstretched.shape, x.shape)) {
    const vector = batchChannelVector(trace, addend.unstretched, x.shape);
    if (vector !== undefined) {
      const inputs = [input, scale, vector, ...(sum === "" ? [] : [sum])];
      return affine(trace, x.shape, inputs, origin.attributes);
    }
  }
  if (sum === "" && isWholeBlocked(trace, addend, x.shape)) {
    const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
    const view = trace.reshape(trace.blocked4(addend), [1, batch * channels, height, width]);
    return affine(trace, x.shape, [input, scale, shift, view], origin.attributes);
  }
  return undefined;
}

function convolve(trace: Trace, shape: readonly number[], inputs: readonly Value[], conv: Conv) {
  const value = trace.blockedOp("Conv", inputs, conv.attributes);
  return trace.fromBlocked4(shape, "float32", value, { ...conv, inputs });
}

/** The depthwise convolution runs on the view `[1, batch * channel, height, width]`. */
function affine(
  trace: Trace,
  shape: readonly number[],
  inputs: readonly Value[],
  attributes: Affine["attributes"],
): SymbolicTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const value = trace.blockedOp("Conv", inputs, attributes);
  const labelled = trace.reshape(value, [batch, channels, height, width]);
  return trace.fromBlocked4(shape, "float32", labelled, { kind: "affine", inputs, attributes });
}

function isWholeBlocked(trace: Trace, x: SymbolicTensor, shape: readonly number[]): boolean {
  return isSameShape(x.shape, shape) && !x.isStretched && trace.prefersBlocked(x);
}

/** A vector over channels, or batch and channels, as `[batch * channel]`. */
function batchChannelVector(
  trace: Trace,
  vector: SymbolicTensor,
  peer: readonly number[],
): Value | undefined {
  const shape = channelVectorShape(vector.shape, peer);
  if (shape === undefined) return undefined;
  const [batch = 0, , , channels = 0] = peer;
  if (shape[0] === batch) return trace.rowMajor(trace.withShape(vector, [batch * channels]));
  const row = trace.rowMajor(trace.withShape(vector, [1, channels]));
  const rows = trace.op("Expand", [row, trace.int64([batch, channels])]);
  return trace.reshape(rows, [batch * channels]);
}
