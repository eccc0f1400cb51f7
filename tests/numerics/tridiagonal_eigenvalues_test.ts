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
