import { BroadcastArgs, type BroadcastArgsInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import { pad } from "../lower/pad.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";

/** The shape to which two shapes broadcast, as integers; that they do is not checked. */
export const broadcastArgs = defineKernel<BroadcastArgsInputs>(
  BroadcastArgs,
  ["s0", "s1"],
  ({ trace, inputs: { s0, s1 } }) => {
    const rank = Math.max(s0.shape[0] ?? 0, s1.shape[0] ?? 0);
    const [a, b] = [s0, s1].map((shape: SymbolicTensor) =>
      trace.rowMajor(pad(trace, shape, [[rank - (shape.shape[0] ?? 0), 0]], 1))
    );
    const isOne = trace.op("Equal", [a ?? "", trace.scalar(1, "int32")]);
    return trace.fromRowMajor([rank], "int32", trace.op("Where", [isOne, b ?? "", a ?? ""]));
  },
);
