import assert from "node:assert/strict";
import { multiplyMatrices, transposeMatrix } from "../../numerics/multiply_matrices.ts";
import { pivotedCholesky } from "../../numerics/pivoted_cholesky.ts";
import { assertAllClose, noiseMatrix } from "../support/test_matrices.ts";

Deno.test("pivotedCholesky() reproduces a matrix of any rank and finds the rank", () => {
  for (const [size, rank] of [[1, 1], [6, 6], [9, 4], [40, 25]] as const) {
    const b = noiseMatrix(size, rank, 4);
    const matrix = multiplyMatrices(b, transposeMatrix(b, size, rank), size, rank, size);
    const found = pivotedCholesky(matrix, size);
    assert.equal(found.rank, rank);
    const { upper, order } = found;
    const product = multiplyMatrices(transposeMatrix(upper, rank, size), upper, size, rank, size);
    const permuted = Float64Array.from(
      { length: size * size },
      (_, at) => matrix[order[Math.floor(at / size)]! * size + order[at % size]!]!,
    );
    assertAllClose(product, permuted, 1e-13);
  }
  assert.equal(pivotedCholesky(new Float64Array(9), 3).rank, 0);
});
