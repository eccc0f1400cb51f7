import { EluGrad, type EluGradInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { combine } from "../lower/binary.ts";
import { mapElements } from "../lower/unary.ts";

/** dy where y >= 0, dy (y + 1) below: dy (min(y, 0) + 1). */
export const eluGrad = defineKernel<EluGradInputs>(
  EluGrad,
  ["dy", "y"],
  ({ trace, inputs: { dy, y } }) => {
    const slope = mapElements(
      trace,
      y,
      (value) => trace.op("Add", [trace.op("Min", [value, trace.scalar(0)]), trace.scalar(1)]),
    );
    return combine(trace, "Mul", dy, slope);
  },
);
