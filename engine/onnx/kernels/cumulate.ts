/** Running sums and products along an axis. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { combine } from "../lower/binary.ts";
import { concatenate } from "../lower/concat.ts";
import { slice } from "../lower/slice.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";

export const cumsum = defineKernel<tfjs.CumsumInputs, tfjs.CumsumAttrs>(
  tfjs.Cumsum,
  ["x"],
  ({ trace, inputs: { x }, attrs: { axis, exclusive, reverse } }) => {
    const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
    const value = trace.op("CumSum", [trace.rowMajor(x), trace.scalar(axis, "int64")], attributes);
    return trace.fromRowMajor(x.shape, x.dtype, value);
  },
);

/** ONNX has no running product; the factors are multiplied one slice after the other. */
export const cumprod = defineKernel<tfjs.CumprodInputs, tfjs.CumprodAttrs>(
  tfjs.Cumprod,
  ["x"],
  ({ trace, inputs: { x }, attrs: { axis, exclusive, reverse } }) => {
    const extent = x.shape[axis] ?? 0;
    const one = x.shape.with(axis, 1);
    const order = Array.from({ length: extent }, (_, i) => reverse ? extent - 1 - i : i);
    const products = new Map<number, SymbolicTensor>();
    let running = trace.splat(one, x.dtype, 1);
    for (const position of order) {
      const begin = x.shape.map((_, index) => index === axis ? position : 0);
      const next = combine(trace, "Mul", running, slice(trace, x, begin, one));
      products.set(position, exclusive ? running : next);
      running = next;
    }
    const inOrder = [...products].sort(([a], [b]) => a - b).map(([, product]) => product);
    return concatenate(trace, inOrder, axis);
  },
);
