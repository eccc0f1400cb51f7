import { MirrorPad, type MirrorPadAttrs, type MirrorPadInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";

/** Continues a tensor by its mirror image; "symmetric" repeats the edge, "reflect" does not. */
export const mirrorPad = defineKernel<MirrorPadInputs, MirrorPadAttrs>(
  MirrorPad,
  ["x"],
  ({ trace, inputs: { x }, attrs: { paddings, mode } }) =>
    paddings.reduce<SymbolicTensor>((padded, [before, after], axis) => {
      if (before === 0 && after === 0) return padded;
      const extent = padded.shape[axis] ?? 0;
      const total = before + extent + after;
      const offset = mode === "reflect" ? 0 : 1;
      const positions = Array.from({ length: total }, (_, position) => {
        const inside = position - before;
        if (inside < 0) return -inside - offset;
        return inside < extent ? inside : 2 * extent - 2 - inside + offset;
      });
      const table = trace.literal(positions, [total], "int32");
      const value = trace.op("Gather", [trace.rowMajor(padded), table], { axis });
      return trace.fromRowMajor(padded.shape.with(axis, total), x.dtype, value);
    }, x),
);
