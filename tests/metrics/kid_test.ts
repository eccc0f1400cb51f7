import assert from "node:assert/strict";
import type { Features } from "../../metrics/features.ts";
import { takeRows } from "../../metrics/features.ts";
import { kid, polynomialMmd } from "../../metrics/kid.ts";
import fixture from "../fixtures/feature_distances.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { hashFeatures, normalFeatures, rowsOf } from "../support/feature_sets.ts";

const sets: Readonly<Record<string, readonly [Features, Features]>> = {
  "4x3": [rowsOf(fixture.kid[0]!.X!), rowsOf(fixture.kid[0]!.Y!)],
  hash32x8: [hashFeatures(32, 8, 11), hashFeatures(32, 8, 12, 1.5)],
  hash32x8_vs_20x8_unequal: [hashFeatures(32, 8, 11), hashFeatures(20, 8, 12, 1.5)],
  equal_distribution: [hashFeatures(32, 8, 11), hashFeatures(32, 8, 13)],
};

Deno.test("polynomialMmd() gives the reference values of all three estimators", () => {
  for (const { name, ...expected } of fixture.kid) {
    const [x, y] = sets[name]!;
    for (const estimator of ["unbiased", "biased", "u_statistic"] as const) {
      const value = expected[estimator];
      if (value === undefined) continue;
      // Kernel means of about 1 cancel to 0.006 for equal distributions: 1e-12 of the value is 6e-15.
      assertClose(polynomialMmd(x, y, estimator), value, 1e-12, `${name}, ${estimator}`);
    }
  }
  assert.equal(fixture.kid.length, Object.keys(sets).length);
});

Deno.test("polynomialMmd() is 0 for equal sets where it should, and below 0 unbiased", () => {
  const [x] = sets["hash32x8"]!;
  assert.ok(Math.abs(polynomialMmd(x, x, "biased")) < 1e-14);
  assert.ok(Math.abs(polynomialMmd(x, x, "u_statistic")) < 1e-14);
  assert.ok(polynomialMmd(x, x, "unbiased") < 0);
});

Deno.test("kid() takes the same numbers in one pass over all pairs as subset by subset", () => {
  const [x, y] = [hashFeatures(60, 8, 11), hashFeatures(50, 8, 12, 1.5)];
  // 1 subset of 20 is cheaper alone, 40 of them are not: the first value must be part of both.
  const options = { size: 20, seed: 417n };
  const alone = kid(x, y, { ...options, subsets: 1 }).mean;
  const [one, two] = [2, 40].map((subsets) => kid(x, y, { ...options, subsets }));
  assert.ok(one!.std > 0 && two!.std > 0 && alone !== two!.mean);
  // Of two values a and b: mean (a + b) / 2, std |a - b| / 2.
  const gap = Math.abs(alone - one!.mean);
  assertClose(one!.std, gap, 1e-12);
  // Mean over subsets of an unbiased estimate: within 4 standard errors of that of the whole sets.
  assert.ok(Math.abs(two!.mean - polynomialMmd(x, y)) < (4 * two!.std) / Math.sqrt(40));
});

Deno.test("kid() of subsets as large as the sets is the estimate of the whole, whatever the seed", () => {
  const [x, y] = sets["hash32x8"]!;
  const { mean, std } = kid(x, y, { subsets: 3, size: 32, seed: 5n });
  assertClose(mean, polynomialMmd(x, y), 1e-12);
  assert.ok(std < 1e-14);
});

Deno.test("kid() depends on the seed and on nothing else", () => {
  const [x, y] = [hashFeatures(60, 8, 11), hashFeatures(50, 8, 12)];
  const of = (seed: bigint) => kid(x, y, { subsets: 5, size: 10, seed });
  assert.deepEqual(of(1n), of(1n));
  assert.notDeepEqual(of(1n), of(2n));
});

Deno.test("kid() of equal distributions is 0 within its spread, and may be negative", () => {
  const values = [1, 2, 3, 4, 5, 6].map((seed) =>
    polynomialMmd(normalFeatures(200, 16, seed), normalFeatures(200, 16, seed + 50))
  );
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / 5, 0));
  assert.ok(Math.min(...values) < 0, `${values}`);
  assert.ok(Math.abs(mean) < (4 * std) / Math.sqrt(6), `${mean} with spread ${std}`);
});

Deno.test("kid() says what it lacks", () => {
  const x = hashFeatures(30, 8, 1);
  assert.throws(
    () => kid(x, takeRows(x, [1, 2, 3]), { subsets: 2, size: 10, seed: 1n }),
    /2 subsets of 10: sets must have at least that many rows.* there are 30 and 3/,
  );
  assert.throws(() => polynomialMmd(x, takeRows(x, [1]), "biased"), /two rows of each set/);
  assert.throws(() => polynomialMmd(x, takeRows(x, [1, 2]), "u_statistic"), /as many rows/);
  assert.throws(() => polynomialMmd(x, hashFeatures(30, 7, 1)), /8 and 7 dimensions/);
});
