/** What a compiled program is keyed by: names, shapes and dtypes of all leaves of the arguments. */

import { createHash } from "node:crypto";
import type { TensorTree } from "./engine.ts";
import { leavesOf } from "./tensor_tree.ts";

/** Equal signatures may share a program: `0:params/kernel float32[3,3,1,8]; 1: float32[]`. */
export function signatureOf(args: readonly TensorTree[]): string {
  return args.flatMap((arg, position) =>
    leavesOf(arg).map(({ path, tensor }) => `${position}:${path} ${tensor.dtype}[${tensor.shape}]`)
  ).join("; ");
}

/** sha256 in hexadecimal. */
export function signatureDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
