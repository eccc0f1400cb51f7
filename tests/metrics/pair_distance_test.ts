import assert from "node:assert/strict";
import { metrics } from "../../metrics/mod.ts";
import { meanPairDistance } from "../../metrics/pair_distance.ts";

const rows = (values: readonly (readonly number[])[]) => ({
  data: Float64Array.from(values.flat()),
  count: values.length,
  dimensions: values[0]!.length,
});

Deno.test("meanPairDistance() is the mean over all pairs", () => {
  // A triangle with sides 3, 4 and 5.
  assert.equal(meanPairDistance(rows([[0, 0], [3, 0], [0, 4]])), 4);
  assert.equal(meanPairDistance(rows([[1, 2], [1, 2]])), 0);
  assert.equal(meanPairDistance(rows([[1, 2]])), 0);
});

Deno.test("meanPairDistance() of evenly spaced numbers is (n + 1) / (3 n)", () => {
  const n = 200;
  const uniform = rows(Array.from({ length: n }, (_, i) => [i / n]));
  assert.ok(Math.abs(meanPairDistance(uniform) - (n + 1) / (3 * n)) < 1e-12);
});

Deno.test("the metrics of generated clips declare unit, direction and identity", () => {
  assert.equal(metrics.acd.better, "lower");
  assert.equal(metrics.diversity.better, "higher");
  assert.equal(metrics.category_accuracy.better, "higher");
  assert.deepEqual([metrics.acd.identity, metrics.category_accuracy.identity], [0, 1]);
});
