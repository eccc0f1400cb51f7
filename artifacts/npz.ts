/**
 * NumPy's .npz format: a zip archive with one .npy file for each array.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.savez.html.
 */

import { decodeNpy, encodeNpy, type NpyArray } from "./npy.ts";
import { writeZip } from "./write_zip.ts";
import { openZip, type ZipLimits } from "./zip.ts";

export interface Npz {
  /** Names of the arrays, without ".npy". */
  readonly names: readonly string[];
  /** Reads one array. @throws {SyntaxError} When there is none of this name, or it is damaged. */
  read(name: string): NpyArray;
}

/** Opens a file of `numpy.savez` or `savez_compressed`; arrays are read when asked for. */
export function openNpz(file: Uint8Array, limits: ZipLimits = {}): Npz {
  const zip = openZip(file, limits);
  const entryOf = new Map(zip.names.map((entry) => [entry.replace(/\.npy$/, ""), entry]));
  const names = [...entryOf.keys()];
  if (names.length !== zip.names.length) {
    throw new SyntaxError(`Cannot read .npz: two entries of ${zip.names.join(", ")} are one array`);
  }
  return {
    names,
    read(name) {
      const entry = entryOf.get(name);
      if (entry === undefined) {
        throw new SyntaxError(
          `Cannot read .npz: it must have an array "${name}", but it has ${
            names.join(", ") || "none"
          }`,
        );
      }
      return decodeNpy(zip.read(entry));
    },
  };
}

/** Writes arrays as `numpy.savez` does, sorted by name: equal arrays give equal bytes. */
export function encodeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const sorted = Object.entries(arrays).sort(([a], [b]) => a < b ? -1 : 1);
  return writeZip(
    new Map(sorted.map(([name, { shape, data }]) => [`${name}.npy`, encodeNpy(shape, data)])),
  );
}
