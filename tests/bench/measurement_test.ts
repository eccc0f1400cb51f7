import assert from "node:assert/strict";
import { quantiles } from "../../bench/measurement.ts";

Deno.test("quantiles() are the middle, the least, and one and nine tenths of the way", () => {
  const values = [50, 10, 40, 20, 30];
  // Ranks ceil(0.1 * 5) = 1 and ceil(0.9 * 5) = 5.
  assert.deepEqual(quantiles(values), { median: 30, min: 10, p10: 10, p90: 50 });
  assert.deepEqual(quantiles([1, 2]), { median: 1.5, min: 1, p10: 1, p90: 2 });
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual(quantiles(hundred), { median: 50.5, min: 1, p10: 10, p90: 90 });
  assert.deepEqual(values, [50, 10, 40, 20, 30]);
});

Deno.test("quantiles() of nothing are NaN", () => {
  assert.deepEqual(quantiles([]), { median: NaN, min: NaN, p10: NaN, p90: NaN });
});
