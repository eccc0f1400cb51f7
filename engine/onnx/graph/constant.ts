/** Constants of a graph: bytes with a type. */

import { createHash } from "node:crypto";
import type { Constant, ElementType } from "./graph.ts";

/** Packs numbers as the little-endian bytes that ONNX stores. */
export function makeConstant(
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: ElementType,
): Constant {
  return { dtype, shape, bytes: pack(values, dtype) };
}

/** The numbers of a constant. */
export function valuesOfConstant(constant: Constant): number[] {
  const buffer = constant.bytes.slice().buffer;
  switch (constant.dtype) {
    case "float32":
      return Array.from(new Float32Array(buffer));
    case "int32":
      return Array.from(new Int32Array(buffer));
    case "int64":
      return Array.from(new BigInt64Array(buffer), Number);
    case "bool":
      return Array.from(new Uint8Array(buffer));
  }
}

/** sha256 of type and bytes. */
export function constantDigest(constant: Constant): string {
  return createHash("sha256").update(`${constant.dtype}[${constant.shape}]`).update(constant.bytes)
    .digest("hex");
}

function pack(values: ArrayLike<number>, dtype: ElementType): Uint8Array {
  switch (dtype) {
    case "float32":
      return new Uint8Array(Float32Array.from(values).buffer);
    case "int32":
      return new Uint8Array(Int32Array.from(values).buffer);
    case "int64":
      return new Uint8Array(BigInt64Array.from(Array.from(values), BigInt).buffer);
    case "bool":
      return Uint8Array.from(values);
  }
}
