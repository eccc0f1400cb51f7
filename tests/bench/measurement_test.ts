import assert from "node:assert/strict";
import { quantiles } from "../../bench/measurement.ts";

Deno.test("quantiles() are the middle, the least and nine tenths of the way", () => {
  const values = [50, 10, 40, 20, 30];
  // Rank ceil(0.9 * 5) = 5.
  assert.deepEqual(quantiles(values), { median: 30, min: 10, p90: 50 });
  assert.deepEqual(quantiles([1, 2]), { median: 1.5, min: 1, p90: 2 });
  assert.deepEqual(values, [50, 10, 40, 20, 30]);
});

Deno.test("quantiles() of nothing are NaN", () => {
  assert.deepEqual(quantiles([]), { median: NaN, min: NaN, p90: NaN });
});
