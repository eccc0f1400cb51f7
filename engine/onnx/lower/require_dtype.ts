/** Says early and by name what ONNX Runtime would say of a node that nobody wrote. */

import type { SymbolicTensor, TensorDtype } from "../symbolic_tensor.ts";

/** @throws {TypeError} When the tensor has none of the dtypes. */
export function requireDtype(
  kernel: string,
  x: SymbolicTensor,
  allowed: readonly TensorDtype[],
): void {
  if (allowed.includes(x.dtype)) return;
  throw new TypeError(
    `Cannot lower kernel "${kernel}": it requires ${allowed.join(" or ")}, but the tensor ` +
      `[${x.shape}] is ${x.dtype}; cast it first`,
  );
}

export const floats: readonly TensorDtype[] = ["float32"];
export const numbers: readonly TensorDtype[] = ["float32", "int32"];
