/** Positions of extremes; the first of equal ones, as int32. */

import * as tfjs from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../define_kernel.ts";

const toInt32 = 6;

export const argMax = arg(tfjs.ArgMax, "ArgMax");
export const argMin = arg(tfjs.ArgMin, "ArgMin");

function arg(name: string, op: string): Kernel {
  return defineKernel<tfjs.ArgMaxInputs, tfjs.ArgMaxAttrs>(
    name,
    ["x"],
    ({ trace, inputs: { x }, attrs: { axis } }) => {
      const [along = 0] = tfjs.util.parseAxisParam(axis, [...x.shape]);
      const shape = x.shape.filter((_, position) => position !== along);
      const positions = trace.op(op, [trace.rowMajor(x)], { axis: along, keepdims: 0 });
      return trace.fromRowMajor(shape, "int32", trace.op("Cast", [positions], { to: toInt32 }));
    },
  );
}
