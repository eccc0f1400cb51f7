/** Named float32 arrays as a safetensors file. */

import { readSafetensors, type SafetensorsEntry, writeSafetensors } from "./safetensors_file.ts";
import type { NamedArrays } from "./weights.ts";

/**
 * Reads all tensors of a safetensors file as float32; F16 and BF16 convert exactly.
 *
 * @throws {SyntaxError} When the file breaks the format.
 * @throws {TypeError} When a tensor's dtype would lose digits or has none.
 */
export function decodeSafetensors(file: Uint8Array): NamedArrays {
  return Object.fromEntries(
    [...readSafetensors(file).tensors].map(([name, entry]) => [
      name,
      { shape: entry.shape, data: toFloat32(name, entry) },
    ]),
  );
}

/** Writes arrays as F32: equal arrays give equal bytes, whatever their order. */
export function encodeSafetensors(
  arrays: NamedArrays,
  // Other tools refuse files that do not say which framework's layout they have.
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Uint8Array {
  const tensors = new Map(
    Object.entries(arrays).map(([name, { shape, data }]): [string, SafetensorsEntry] => [
      name,
      { dtype: "F32", shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
    ]),
  );
  return writeSafetensors(tensors, metadata);
}

function toFloat32(name: string, { dtype, bytes }: SafetensorsEntry): Float32Array {
  // A copy, because the file may place the data at any byte.
  const { buffer } = bytes.slice();
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return Float32Array.from(new Float16Array(buffer));
    case "BF16":
      // A bfloat16 is the upper half of a float32.
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer,
      );
    default:
      throw new TypeError(
        `Cannot read tensor "${name}" as float32: its dtype must be F32, F16 or BF16, not ${dtype}`,
      );
  }
}
