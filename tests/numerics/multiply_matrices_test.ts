import assert from "node:assert/strict";
import { multiplyMatrices, transposeMatrix } from "../../numerics/multiply_matrices.ts";
import { assertAllClose, noiseMatrix } from "../support/test_matrices.ts";

Deno.test("multiplyMatrices() is the sum over the inner axis, for every remainder of four", () => {
  for (const [rows, inner, columns] of [[1, 1, 1], [3, 5, 2], [17, 6, 4], [2, 7, 33]] as const) {
    const [a, b] = [noiseMatrix(rows, inner, 1), noiseMatrix(inner, columns, 2)];
    // A row of zeros is what the skipping must get right.
    a.fill(0, 0, Math.min(inner, 4));
    const expected = Float64Array.from({ length: rows * columns }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += a[Math.floor(at / columns) * inner + k]! * b[k * columns + at % columns]!;
      }
      return sum;
    });
    assertAllClose(multiplyMatrices(a, b, rows, inner, columns), expected, 1e-14);
  }
});

Deno.test("transposeMatrix() exchanges rows and columns", () => {
  assert.deepEqual([...transposeMatrix(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)], [
    1,
    4,
    2,
    5,
    3,
    6,
  ]);
  const a = noiseMatrix(45, 70, 3);
  assert.deepEqual(transposeMatrix(transposeMatrix(a, 45, 70), 70, 45), a);
});
