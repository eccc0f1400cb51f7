import assert from "node:assert/strict";
import fc from "fast-check";
import { multiplyMatrices, transposeMatrix } from "../../numerics/multiply_matrices.ts";
import { singularValues } from "../../numerics/singular_values.ts";
import { symmetricEigenvalues } from "../../numerics/symmetric_eigenvalues.ts";
import { assertClose } from "../support/assert_close.ts";
import { assertAllClose, noiseMatrix } from "../support/test_matrices.ts";

Deno.test("singularValues() of any shape are the roots of the eigenvalues of the Gram matrix", () => {
  for (const [rows, columns] of [[1, 1], [1, 7], [7, 1], [12, 30], [30, 12], [24, 24]] as const) {
    const a = noiseMatrix(rows, columns, 6);
    const values = singularValues(a, rows, columns);
    const small = Math.min(rows, columns);
    assert.equal(values.length, small);
    const at = transposeMatrix(a, rows, columns);
    const gram = rows <= columns
      ? multiplyMatrices(a, at, rows, columns, rows)
      : multiplyMatrices(at, a, columns, rows, columns);
    const roots = symmetricEigenvalues(gram, small).reverse().map((x) => Math.sqrt(Math.max(0, x)));
    // The Gram matrix squares the condition number, so it is the side that loses digits.
    assertAllClose(values, roots, 1e-9);
  }
});

Deno.test("singularValues() do not square the condition number", () => {
  // diag(1, 1e-9) turned by a rotation: through the Gram matrix 1e-18 would drown in 1e-16.
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
  const values = singularValues(Float64Array.of(c, -s * 1e-9, s, c * 1e-9), 2, 2);
  assertClose(values[0]!, 1, 1e-15);
  assertClose(values[1]!, 1e-9, 1e-6);
});

Deno.test("singularValues() of a rank-one and of a zero matrix end in zeros", () => {
  const a = Float64Array.from({ length: 15 }, (_, i) => (1 + Math.floor(i / 5)) * (1 + i % 5));
  const [first, ...others] = singularValues(a, 3, 5);
  assertClose(first!, Math.sqrt(14 * 55), 1e-14);
  assert.ok(others.every((value) => value < 1e-14));
  assert.deepEqual([...singularValues(new Float64Array(6), 2, 3)], [0, 0]);
});

Deno.test("singularValues() of matrices of low rank, however graded, sum to the nuclear norm", () => {
  const size = fc.integer({ min: 2, max: 32 });
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(size, size, fc.integer({ min: -30, max: 30 }), fc.infiniteStream(unit), (
    rows,
    columns,
    exponent,
    numbers,
  ) => {
    const next = () => numbers.next().value as number;
    const a = Float64Array.from({ length: rows }, next);
    const b = Float64Array.from({ length: columns }, next);
    const scale = 10 ** exponent;
    const matrix = Float64Array.from(
      { length: rows * columns },
      (_, i) => scale * a[Math.floor(i / columns)]! * b[i % columns]!,
    );
    const sum = singularValues(matrix, rows, columns).reduce((total, value) => total + value, 0);
    // Rank 1: the nuclear norm is |a| |b|; each of at most 32 values carries a few roundings of it.
    const expected = scale * Math.hypot(...a) * Math.hypot(...b);
    assert.ok(Math.abs(sum - expected) <= 1e-12 * expected + 1e-300);
  }));
});
