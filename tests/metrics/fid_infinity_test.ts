import assert from "node:assert/strict";
import { extrapolate, fidInfinity } from "../../metrics/fid_infinity.ts";
import { frechetDistanceTo } from "../../metrics/frechet_distance.ts";
import fixture from "../fixtures/feature_distances.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { normalFeatures } from "../support/feature_sets.ts";

Deno.test("extrapolate() gives the published lines of distances over 1 / N", () => {
  for (const { N, fid, slope, intercept } of fixture.fid_infinity) {
    const line = extrapolate(N, fid);
    assertClose(line.slope, slope, 1e-12);
    assertClose(line.intercept, intercept, 1e-12);
  }
});

Deno.test("fidInfinity() measures 15 sizes, evenly spaced and truncated as numpy does", () => {
  const x = normalFeatures(1000, 2, 1);
  const seen: number[] = [];
  const { sizes, values } = fidInfinity(x, ({ count }) => {
    seen.push(count);
    return 3 + 70 / count;
  }, { from: 200, seed: 1n });
  assert.deepEqual(seen, [
    ...[200, 257, 314, 371, 428, 485, 542, 600, 657, 714, 771, 828, 885, 942, 1000],
  ]);
  assert.deepEqual(sizes, seen);
  assert.equal(values.length, 15);
});

Deno.test("fidInfinity() of a distance a + b / n is a", () => {
  const x = normalFeatures(300, 2, 1);
  const { intercept, slope } = fidInfinity(x, ({ count }) => 3 + 70 / count, {
    from: 50,
    seed: 1n,
  });
  assertClose(intercept, 3, 1e-12);
  assertClose(slope, 70, 1e-12);
});

Deno.test("fidInfinity() takes the bias of few images off a Fréchet distance", () => {
  // Standard normals against their exact statistics: the true distance is 0.
  const d = 8;
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++) covariance[i * (d + 1)] = 1;
  const distance = frechetDistanceTo({ mean: new Float64Array(d), covariance });
  const x = normalFeatures(1000, d, 3);
  const whole = distance(x).value;
  const { intercept } = fidInfinity(x, (part) => distance(part).value, { from: 250, seed: 417n });
  // d / N + d (d + 1) / (4 N) = 0.026 is expected of the whole set.
  assert.ok(whole > 0.013 && whole < 0.052, `${whole}`);
  assert.ok(Math.abs(intercept) < whole / 3, `${intercept}, of the whole ${whole}`);
});

Deno.test("fidInfinity() needs more images than its smallest size", () => {
  const x = normalFeatures(50, 2, 1);
  assert.throws(() => fidInfinity(x, () => 1, { from: 50, seed: 1n }), /from 50 to 50/);
});
