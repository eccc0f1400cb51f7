/** What clips and images share: pixels in [0, 1] and labels, stored as .npy. */

import { z } from "zod";
import { decodeNpy } from "./npy.ts";

export const splitSchema = z.enum(["train", "validation", "test", "generated"]);

export interface Pixels {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
}

/** Decodes a .npy file of pixels. @throws {SyntaxError} When they are neither uint8 nor float32. */
export function decodePixels(bytes: Uint8Array): Pixels {
  const { shape, data } = decodeNpy(bytes);
  if (data instanceof Uint8Array || data instanceof Float32Array) return { shape, data };
  throw new SyntaxError(`pixels must be uint8 or float32, but they are ${data.constructor.name}`);
}

/** Decodes a .npy file of labels. @throws {SyntaxError} When they are not int32 `[count]`. */
export function decodeLabels(bytes: Uint8Array, count: number): Int32Array {
  const { shape, data } = decodeNpy(bytes);
  if (data instanceof Int32Array && shape.length === 1 && data.length === count) return data;
  throw new SyntaxError(
    `labels must be int32 [${count}], but they are ${data.constructor.name} [${shape}]`,
  );
}
