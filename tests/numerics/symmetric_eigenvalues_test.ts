import assert from "node:assert/strict";
import { symmetricEigenvalues } from "../../numerics/symmetric_eigenvalues.ts";
import { assertClose } from "../support/assert_close.ts";
import { assertAllClose, noiseMatrix } from "../support/test_matrices.ts";

Deno.test("symmetricEigenvalues() gives closed forms", () => {
  assert.deepEqual([...symmetricEigenvalues(Float64Array.of(), 0)], []);
  assert.deepEqual([...symmetricEigenvalues(Float64Array.of(7), 1)], [7]);
  assertAllClose(
    symmetricEigenvalues(Float64Array.of(2, 1, 1, 2), 2),
    Float64Array.of(1, 3),
    1e-15,
  );
  // I + 1 1ᵀ has one eigenvalue 1 + n and n - 1 ones.
  const n = 30;
  const matrix = Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 2 : 1);
  const expected = new Float64Array(n).fill(1);
  expected[n - 1] = n + 1;
  assertAllClose(symmetricEigenvalues(matrix, n), expected, 1e-13);
});

Deno.test("symmetricEigenvalues() keep trace and Frobenius norm of any symmetric matrix", () => {
  const n = 63;
  const half = noiseMatrix(n, n, 5);
  const matrix = half.map((value, i) => value + half[(i % n) * n + Math.floor(i / n)]!);
  const values = symmetricEigenvalues(matrix, n);
  const trace = matrix.reduce((sum, value, i) => i % (n + 1) === 0 ? sum + value : sum, 0);
  const squares = matrix.reduce((sum, value) => sum + value * value, 0);
  assertClose(values.reduce((sum, value) => sum + value, 0), trace, 1e-11);
  assertClose(values.reduce((sum, value) => sum + value * value, 0), squares, 1e-12);
});
