/** Local response normalisation over neighbouring channels, and its gradient. */

import * as tfjs from "@tensorflow/tfjs-core";
import { sizeOf, type Value } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

interface Attributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** x n^-beta with n = bias + alpha (sum of x^2 over the channels within the radius). */
export const lrn = defineKernel<tfjs.LRNInputs, Attributes>(
  tfjs.LRN,
  ["x"],
  ({ trace, inputs: { x }, attrs }) => {
    const rows = rowsOf(trace, x);
    const power = trace.op("Pow", [norms(trace, x, attrs), trace.scalar(-attrs.beta)]);
    return fromRows(trace, x, trace.op("Mul", [rows, power]));
  },
);

/** dx = dy n^-beta - 2 alpha beta x (sum of dy y / n over the channels within the radius). */
export const lrnGrad = defineKernel<tfjs.LRNGradInputs, Attributes>(
  tfjs.LRNGrad,
  ["x", "y", "dy"],
  ({ trace, inputs: { x, y, dy }, attrs }) => {
    const [rows, values, errors] = [rowsOf(trace, x), rowsOf(trace, y), rowsOf(trace, dy)];
    const norm = norms(trace, x, attrs);
    const direct = trace.op("Mul", [errors, trace.op("Pow", [norm, trace.scalar(-attrs.beta)])]);
    const shares = trace.op("Div", [trace.op("Mul", [errors, values]), norm]);
    const sums = overNeighbours(trace, x, shares, attrs.depthRadius);
    const factor = trace.scalar(2 * attrs.alpha * attrs.beta);
    const indirect = trace.op("Mul", [trace.op("Mul", [rows, sums]), factor]);
    return fromRows(trace, x, trace.op("Sub", [direct, indirect]));
  },
);

function norms(trace: Trace, x: SymbolicTensor, { depthRadius, alpha, bias }: Attributes): Value {
  const rows = rowsOf(trace, x);
  const sums = overNeighbours(trace, x, trace.op("Mul", [rows, rows]), depthRadius);
  return trace.op("Add", [trace.op("Mul", [sums, trace.scalar(alpha)]), trace.scalar(bias)]);
}

/** Sums over neighbouring channels are a product with a band of ones, which is symmetric. */
function overNeighbours(trace: Trace, x: SymbolicTensor, rows: Value, radius: number): Value {
  const channels = x.shape[3] ?? 0;
  const band = Float32Array.from({ length: channels * channels }, (_, position) => {
    const distance = Math.abs(Math.floor(position / channels) - position % channels);
    return distance <= radius ? 1 : 0;
  });
  return trace.op("MatMul", [rows, trace.literal(band, [channels, channels], "float32")]);
}

function rowsOf(trace: Trace, x: SymbolicTensor): Value {
  const channels = x.shape[3] ?? 0;
  return trace.reshape(trace.rowMajor(x), [sizeOf(x.shape) / Math.max(1, channels), channels]);
}

function fromRows(trace: Trace, x: SymbolicTensor, rows: Value): SymbolicTensor {
  return trace.fromRowMajor(x.shape, "float32", trace.reshape(rows, x.shape));
}
