/** Matrices for tests of linear algebra. */

import assert from "node:assert/strict";
import { hashUniform } from "./hash_uniform.ts";

/** `[rows, columns]` of reproducible noise in (-0.5, 0.5). */
export function noiseMatrix(rows: number, columns: number, seed: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => hashUniform(Math.floor(i / columns), i % columns, seed) - 0.5,
  );
}

export function assertAllClose(
  actual: Float64Array,
  expected: Float64Array,
  absolute: number,
): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= absolute, `[${i}] ${value} != ${expected[i]}`)
  );
}
