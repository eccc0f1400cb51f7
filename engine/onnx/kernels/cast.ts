import { Cast, type CastAttrs, type CastInputs } from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";
import { mapElements } from "../lower/unary.ts";
import { SymbolicTensor, type TensorDtype } from "../symbolic_tensor.ts";

/** Integers are rounded towards zero; anything but zero is true. */
export const cast = defineKernel<CastInputs, CastAttrs>(
  Cast,
  ["x"],
  ({ trace, inputs: { x }, attrs: { dtype } }) => {
    const target = targetOf(dtype);
    if (target === x.dtype) return x;
    if (x.origin.kind === "splat") {
      return trace.splat(x.shape, target, convert(x.origin.value, target));
    }
    if (x.origin.kind === "literal") {
      const values = Array.from(x.origin.values, (value) => convert(value, target));
      return new SymbolicTensor(x.shape, target, { kind: "literal", values });
    }
    if (target === "int32") {
      const value = trace.op("Cast", [trace.rowMajor(x)], { to: onnxTypes.int32 });
      return trace.fromRowMajor(x.shape, target, value);
    }
    return mapElements(
      trace,
      x,
      (value) => trace.op("Cast", [value], { to: onnxTypes[target] }),
      target,
    );
  },
);

function targetOf(dtype: string): TensorDtype {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new Error(`Cannot cast a tensor: the target must be float32, int32 or bool, not ${dtype}`);
}

function convert(value: number, dtype: TensorDtype): number {
  return dtype === "int32" ? Math.trunc(value) : dtype === "bool" ? Number(value !== 0) : value;
}
