import assert from "node:assert/strict";
import { rowProducts, squaredDistances } from "../../numerics/row_products.ts";
import { noiseMatrix } from "../support/test_matrices.ts";

const rows = (count: number, dimensions: number, seed: number) => ({
  data: noiseMatrix(count, dimensions, seed),
  count,
  dimensions,
});

Deno.test("rowProducts() are the dot products of all rows, across the borders of blocks", () => {
  const [x, y] = [rows(131, 7, 1), rows(5, 7, 2)];
  let i = 0;
  for (const products of rowProducts(x, y)) {
    for (let j = 0; j < 5; j++) {
      let expected = 0;
      for (let k = 0; k < 7; k++) expected += x.data[i * 7 + k]! * y.data[j * 7 + k]!;
      assert.equal(products[j], expected);
    }
    i++;
  }
  assert.equal(i, 131);
});

Deno.test("squaredDistances() are exactly 0 for equal rows, even far from the origin", () => {
  const x = rows(70, 9, 3);
  const far = { ...x, data: Float32Array.from(x.data, (value) => 1000 + value) };
  let i = 0;
  for (const distances of squaredDistances(far, far)) {
    assert.equal(distances[i], 0);
    // Rounding of squares: 9 numbers of 1e6 each.
    const j = (i + 1) % 70;
    let expected = 0;
    for (let k = 0; k < 9; k++) expected += (far.data[i * 9 + k]! - far.data[j * 9 + k]!) ** 2;
    assert.ok(Math.abs(distances[j]! - expected) < 9e6 * 2 ** -48);
    i++;
  }
});
