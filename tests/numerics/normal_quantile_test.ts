import assert from "node:assert/strict";
import { normalQuantile } from "../../numerics/normal_quantile.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

Deno.test("normalQuantile() gives the AS 241 values, bit for bit", () => {
  // The last four are from Python's statistics.NormalDist().inv_cdf (3.11), also AS 241.
  const rows = [
    ...vectors.normal_quantile,
    { p: 0.25, z: -0.6744897501960817 },
    { p: 0.01, z: -2.3263478740408408 },
    { p: 1e-10, z: -6.361340902404056 },
    { p: 0.6, z: 0.2533471031357998 },
  ];
  for (const { p, z } of rows) assert.equal(normalQuantile(p), z, `p = ${p}`);
});

Deno.test("normalQuantile() is within 2e-15 relative of 40-digit values", () => {
  // The paper claims 1 part in 10^16; rounding of the evaluation adds a few units in the last place.
  for (const { p, z_mpmath40: exact } of vectors.normal_quantile) {
    assert.ok(Math.abs(normalQuantile(p) - exact) <= 2e-15 * Math.abs(exact), `p = ${p}`);
  }
});

Deno.test("normalQuantile() is odd about 1/2", () => {
  // 1 - p is exact for these p, so the two sides differ in sign only.
  for (const p of [0.5, 0.25, 0.125, 2 ** -10, 2 ** -40]) {
    assert.equal(Math.abs(normalQuantile(1 - p) + normalQuantile(p)), 0);
  }
});

Deno.test("normalQuantile() refuses 0, 1 and NaN", () => {
  for (const p of [0, 1, -0.1, 1.1, NaN]) {
    assert.throws(
      () => normalQuantile(p),
      /Cannot invert the normal distribution: p must be inside/,
    );
  }
});
