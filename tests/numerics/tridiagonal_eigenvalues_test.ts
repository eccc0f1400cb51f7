import assert from "node:assert/strict";
import { tridiagonalEigenvalues } from "../../numerics/tridiagonal_eigenvalues.ts";
import { assertAllClose } from "../support/test_matrices.ts";

Deno.test("tridiagonalEigenvalues() of the second difference are 2 - 2 cos(k pi / (n + 1))", () => {
  const n = 50;
  const values = tridiagonalEigenvalues(
    new Float64Array(n).fill(2),
    new Float64Array(n - 1).fill(-1),
  );
  const expected = Float64Array.from(
    { length: n },
    (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)),
  );
  assertAllClose(values, expected, 1e-14);
});

Deno.test("tridiagonalEigenvalues() ends on a zero diagonal beside rounding errors", () => {
  // What bidiagonalising a matrix of rank 1 leaves: one value, then noise that never shrinks.
  const noise = Array.from({ length: 57 }, (_, i) => 1e-17 * (1 + (i * 7919) % 13));
  const values = tridiagonalEigenvalues(
    new Float64Array(59),
    Float64Array.from([1, ...noise]),
  );
  // ±1, and zeros to the rounding of the largest value.
  assert.ok(Math.abs(values[0]! + 1) < 1e-15 && Math.abs(values[58]! - 1) < 1e-15);
  assert.ok(values.slice(1, 58).every((value) => Math.abs(value) < 1e-15));
});
