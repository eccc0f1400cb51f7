import { FusedBatchNorm, type FusedBatchNormAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { combine } from "../lower/binary.ts";
import { mapElements } from "../lower/unary.ts";

interface Inputs {
  readonly x: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly offset?: TensorInfo;
  readonly scale?: TensorInfo;
}

/** (x - mean) / sqrt(variance + epsilon) * scale + offset, as one scale and one shift. */
export const fusedBatchNorm = defineKernel<Inputs, FusedBatchNormAttrs>(
  FusedBatchNorm,
  ["x", "mean", "variance", "offset", "scale"],
  ({ trace, inputs: { x, mean, variance, offset, scale }, attrs: { varianceEpsilon } }) => {
    const epsilon = trace.splat([], "float32", varianceEpsilon);
    const inverse = mapElements(
      trace,
      combine(trace, "Add", variance, epsilon),
      (value) => trace.op("Reciprocal", [trace.op("Sqrt", [value])]),
    );
    const slope = scale === undefined ? inverse : combine(trace, "Mul", inverse, scale);
    const moved = combine(trace, "Mul", mean, slope);
    const shift = offset === undefined
      ? mapElements(trace, moved, (value) => trace.op("Neg", [value]))
      : combine(trace, "Sub", offset, moved);
    return combine(trace, "Add", combine(trace, "Mul", x, slope), shift);
  },
);
