/** What a compiled program is keyed by: names, shapes and dtypes of all leaves of the arguments. */

import { createHash } from "node:crypto";
import type { Leaf } from "./tensor_tree.ts";

/**
 * Equal signatures may share a program: `0:params/kernel float32[3,3,1,8]; 1: float32[]`.
 * @param leaves The tensors of each argument.
 */
export function signatureOf(leaves: readonly (readonly Leaf[])[]): string {
  let text = "";
  leaves.forEach((list, position) => {
    for (const { path, tensor } of list) {
      text += `${position}:${path} ${tensor.dtype}[${tensor.shape.join()}]; `;
    }
  });
  return text;
}

/** sha256 in hexadecimal. */
export function signatureDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
