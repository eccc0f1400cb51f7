import assert from "node:assert/strict";
import { RunningCovariance } from "../../numerics/running_covariance.ts";
import { assertClose } from "../support/assert_close.ts";

Deno.test("RunningCovariance gives mean and covariance with divisor N - 1", () => {
  const statistics = new RunningCovariance(2);
  statistics.add(Float64Array.of(1, 2, 3, 2, 5, 8));
  assert.deepEqual([...statistics.mean()], [3, 4]);
  assert.deepEqual([...statistics.covariance()], [4, 6, 6, 12]);
  assert.equal(statistics.count, 3);
});

Deno.test("RunningCovariance keeps its digits beside a large mean", () => {
  const statistics = new RunningCovariance(1);
  const far = 1e9;
  statistics.add(Float64Array.from({ length: 1000 }, (_, i) => far + (i % 2)));
  // Sum of squares 1e21 would leave no digit of the variance 0.25 * 1000 / 999.
  assertClose(statistics.covariance()[0]!, 250 / 999, 1e-6);
});

Deno.test("RunningCovariance merges to the statistics of all rows", () => {
  const rows = Float64Array.from({ length: 450 }, (_, i) => Math.cos(3 * i) + (i % 3));
  const all = new RunningCovariance(3);
  all.add(rows);
  const left = new RunningCovariance(3);
  left.add(rows.subarray(0, 210));
  const right = new RunningCovariance(3);
  right.add(rows.subarray(210));
  left.merge(right);
  assert.equal(left.count, 150);
  const expected = all.covariance();
  left.covariance().forEach((value, i) => assertClose(value, expected[i]!, 1e-12));
  left.mean().forEach((value, i) => assertClose(value, all.mean()[i]!, 1e-12));
});

Deno.test("RunningCovariance names what is missing", () => {
  const statistics = new RunningCovariance(2);
  assert.throws(() => statistics.mean(), /they need at least 1 rows, but there are 0/);
  assert.throws(() => statistics.add(Float64Array.of(1)), /1 numbers are not whole rows/);
  statistics.add(Float32Array.of(1, 2));
  assert.throws(() => statistics.covariance(), /they need at least 2 rows, but there are 1/);
  assert.throws(() => statistics.merge(new RunningCovariance(3)), /dimensions are 2 and 3/);
});
