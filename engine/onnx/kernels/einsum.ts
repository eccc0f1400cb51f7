import { Einsum, type EinsumAttrs } from "@tensorflow/tfjs-core";
import { defineListKernel } from "../define_kernel.ts";

/** Sums of products by index letters: "bij,bjk->bik". */
export const einsum = defineListKernel<EinsumAttrs>(
  Einsum,
  ({ trace, inputs, attrs: { equation } }) => {
    const [operands = "", result = ""] = equation.replaceAll(" ", "").split("->");
    const extents = new Map<string, number>();
    operands.split(",").forEach((letters, position) =>
      [...letters].forEach((letter, axis) => {
        const extent = inputs[position]?.shape[axis] ?? 1;
        const known = extents.get(letter);
        if (known !== undefined && known !== extent) {
          throw new Error(`"${letter}" of "${equation}" is both ${known} and ${extent}`);
        }
        extents.set(letter, extent);
      })
    );
    const shape = [...result].map((letter) => extents.get(letter) ?? 1);
    const values = inputs.map((x) => trace.rowMajor(x));
    const dtype = inputs[0]?.dtype ?? "float32";
    return trace.fromRowMajor(shape, dtype, trace.op("Einsum", values, { equation }));
  },
);
