import assert from "node:assert/strict";
import type { Features } from "../../metrics/features.ts";
import {
  frechetDistance,
  frechetDistanceOfFeatures,
  frechetDistanceTo,
  type Gaussian,
  gaussianOf,
} from "../../metrics/frechet_distance.ts";
import { multiplyMatrices } from "../../numerics/multiply_matrices.ts";
import distances from "../fixtures/feature_distances.json" with { type: "json" };
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { features, hashFeatures, normalFeatures, rowsOf } from "../support/feature_sets.ts";
import { hashUniform } from "../support/hash_uniform.ts";

function gaussian(mean: readonly number[], covariance: readonly (readonly number[])[]): Gaussian {
  return { mean: Float64Array.from(mean), covariance: Float64Array.from(covariance.flat()) };
}

const bias = distances.small_sample_bias.rows;

Deno.test("hashUniform() of the tests is that of the reference vectors", () => {
  for (const { i, j, s, u } of vectors.meta.hashU.tests) assert.equal(hashUniform(i, j, s), u);
});

Deno.test("frechetDistance() gives the closed forms for given covariances", () => {
  const outer = (a: readonly number[]) => a.map((x) => a.map((y) => x * y));
  const zero = [0, 0, 0];
  // Singular inputs: 1e-6 of the traces, the rounding of a root; full rank: 1e-9 relative.
  const cases: [name: string, a: Gaussian, b: Gaussian, expected: number, absolute: number][] = [
    ["diagonal", gaussian([0, 0], [[1, 0], [0, 4]]), gaussian([3, 4], [[9, 0], [0, 16]]), 33, 3e-8],
    [
      "full rank",
      gaussian([1, -2, 0.5], [[4, 2, 0.6], [2, 3, 0.4], [0.6, 0.4, 2]]),
      gaussian([0, -1, 2], [[1, -0.5, 0], [-0.5, 2, 0.3], [0, 0.3, 0.5]]),
      6.915076616176959,
      7e-9,
    ],
    [
      "rank one, a and b orthogonal",
      gaussian(zero, outer([1, 2, 3])),
      gaussian(zero, outer([3, 0, -1])),
      24,
      24e-6,
    ],
    [
      "black frames: both covariances are zero",
      gaussian([0, 3], [[0, 0], [0, 0]]),
      gaussian([4, 0], [[0, 0], [0, 0]]),
      25,
      0,
    ],
  ];
  for (const row of vectors.fid) {
    if (!row.mu1 || !row.sigma1 || !row.mu2 || !row.sigma2) continue;
    const full = ["1d", "noncommuting2", "identical3"].includes(row.name);
    const [a, b] = [gaussian(row.mu1, row.sigma1), gaussian(row.mu2, row.sigma2)];
    const traces = [row.sigma1, row.sigma2].flatMap((s) => s.map((line, i) => line[i]!));
    const scale = traces.reduce((sum, x) => sum + x, 0);
    cases.push([row.name, a, b, row.fid, full ? 1e-9 * scale : 1e-6 * scale]);
  }
  assert.equal(cases.length, 9);
  for (const [name, a, b, expected, absolute] of cases) {
    for (const { value } of [frechetDistance(a, b), frechetDistance(b, a)]) {
      assert.ok(Math.abs(value - expected) <= absolute, `${name}: ${value}, expected ${expected}`);
    }
  }
});

Deno.test("frechetDistanceOfFeatures() is exact where covariances are singular", () => {
  const small = vectors.fid.find(({ name }) => name === "rank_deficient_N3_d4")!;
  // Expected values from 50-digit arithmetic on the features.
  const cases: [x: Features, y: Features, expected: number][] = [
    [rowsOf(small.X!), rowsOf(small.Y!), small.fid],
    [
      hashFeatures(20, 64, 5),
      hashFeatures(24, 64, 6),
      6.4804324661592,
    ],
  ];
  for (const [x, y, expected] of cases) {
    const { value, route } = frechetDistanceOfFeatures(x, y);
    assert.equal(route, "nuclear norm of features");
    assertClose(value, expected, 1e-10);
  }
});

Deno.test("frechetDistanceOfFeatures() of few against many rows is exact, either way round", () => {
  const [few, many] = [hashFeatures(20, 64, 5), hashFeatures(100, 64, 6)];
  // numpy 2.4.6: nuclear norm of A Bᵀ.
  const expected = 5.6360707476474445;
  for (const [x, y] of [[few, many], [many, few]] as const) {
    const { value, route } = frechetDistanceOfFeatures(x, y);
    assert.equal(route, "nuclear norm of features and Cholesky");
    assertClose(value, expected, 1e-10);
  }
  // Statistics in place of the many.
  assertClose(frechetDistanceTo(gaussianOf(many))(few).value, expected, 1e-10);
});

Deno.test("frechetDistance() of covariances that are rotated alike is that of their eigenvalues", () => {
  const d = 200;
  // H = I - 2 u uᵀ, twice: dense, and exactly orthogonal up to rounding.
  const rotate = (eigenvalue: (i: number) => number): Gaussian => {
    let matrix: Float64Array = new Float64Array(d * d);
    for (let i = 0; i < d; i++) matrix[i * (d + 1)] = eigenvalue(i);
    for (const seed of [1, 2]) {
      const data = Float64Array.from(hashFeatures(1, d, seed).data);
      const squares = data.reduce((sum, value) => sum + value * value, 0);
      const h = features(d, d, (i, j) => Number(i === j) - 2 * data[i]! * data[j]! / squares).data;
      matrix = multiplyMatrices(h, multiplyMatrices(matrix, h, d, d, d), d, d, d);
    }
    return { mean: new Float64Array(d), covariance: matrix };
  };
  const [a, b] = [(i: number) => 1 + i / d, (i: number) => 5 + Math.sin(i)];
  const distance = frechetDistance(rotate(a), rotate(b)).value;
  let expected = 0;
  for (let i = 0; i < d; i++) expected += (Math.sqrt(a(i)) - Math.sqrt(b(i))) ** 2;
  // Traces of 1300 cancel to 200, and the rotations themselves round; 2e-15 was seen.
  assertClose(distance, expected, 2e-14);
});

Deno.test("frechetDistanceOfFeatures() of equal distributions shows the known bias of few images", () => {
  for (const { d, N, mean_fid_same_distribution: expected, std } of bias) {
    if (N * d > 20000) continue;
    const values = [1, 2, 3, 4].map((seed) =>
      frechetDistanceOfFeatures(normalFeatures(N, d, seed), normalFeatures(N, d, seed + 10)).value
    );
    const mean = values.reduce((sum, value) => sum + value / 4, 0);
    // The mean of four, within four of its standard deviations.
    assert.ok(Math.abs(mean - expected) < (4 * std) / 2, `d ${d}, N ${N}: ${mean} for ${expected}`);
  }
});

Deno.test("frechetDistanceOfFeatures() gives the reference values of full rank", () => {
  const y8 = features(50, 8, (i, j) => hashUniform(i, j, 2) * 1.25 + 0.1);
  for (let i = 0; i < 50; i++) y8.data[i * 8] = y8.data[i * 8]! + 0.5 * y8.data[i * 8 + 1]!;
  const hash64 = vectors.fid.find(({ name }) => name === "hash64")!;
  const x64 = features(200, 64, (i, j) => hashUniform(i, j, 3));
  const y64 = features(256, 64, (i, j) => hashUniform(i, j, 4) ** 2);
  const cases: [x: Features, y: Features, expected: number][] = [
    [features(40, 8, (i, j) => hashUniform(i, j, 1)), y8, 0.8079071653424466],
    [x64, y64, hash64.fid],
  ];
  for (const [x, y, expected] of cases) {
    const { value, route } = frechetDistanceOfFeatures(x, y);
    assert.equal(route, "Cholesky of covariances");
    assertClose(value, expected, 1e-9);
    assertClose(frechetDistanceOfFeatures(y, x).value, expected, 1e-9);
  }
  const { mean, covariance } = gaussianOf(x64);
  hash64.mu1_first3!.forEach((expected, i) => assertClose(mean[i]!, expected, 1e-12));
  [0, 1, 65].forEach((at, i) =>
    assertClose(covariance[at]!, hash64.sigma1_00_01_11![i]!, 1e-12, `element ${at}`)
  );
});

Deno.test("frechetDistance() of 2048 dimensions gives pytorch-fid's unit test, 2048", () => {
  const { dim } = vectors.fid_unit.pytorch_fid_unit_test;
  const covariance = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) covariance[i * (dim + 1)] = 1;
  const zeros = { mean: new Float64Array(dim), covariance };
  const ones = { mean: new Float64Array(dim).fill(1), covariance };
  assert.equal(frechetDistance(zeros, ones).value, 2048);
});

Deno.test("gaussianOf() gives pytorch-fid's statistics of three flat images", () => {
  const { mu, sigma_all_entries } = vectors.fid_unit.pytorch_fid_unit_test_images;
  const { mean, covariance } = gaussianOf(features(3, 3, (i) => [0, 127, 255][i]! / 255));
  mean.forEach((value, i) => assertClose(value, mu[i]!, 1e-12));
  covariance.forEach((value) => assertClose(value, sigma_all_entries, 1e-12));
});

Deno.test("frechetDistance() counts a negative within rounding as 0 and keeps it", () => {
  const x = features(30, 40, (i, j) => hashUniform(i, j, 7));
  const { value, raw } = frechetDistanceOfFeatures(x, x);
  assert.ok(value >= 0 && Math.abs(raw) < 1e-10 && value === Math.max(0, raw));
});

Deno.test("frechetDistance() refuses what is no covariance, no number, or another size", () => {
  const identity = gaussian([0, 0], [[1, 0], [0, 1]]);
  // Not positive: eigenvalues 3 and -1, so the trace of the root exceeds what the traces allow.
  const indefinite = gaussian([0, 0], [[1, 9], [9, 1]]);
  assert.throws(() => frechetDistance(identity, indefinite), /so a covariance is not positive/);
  assert.throws(() => frechetDistance(identity, gaussian([0], [[1]])), /2 and 1 dimensions/);
  assert.throws(
    () => frechetDistance(identity, gaussian([0, NaN], [[1, 0], [0, 1]])),
    /it is NaN, so the features are not finite/,
  );
  assert.throws(
    () => frechetDistanceOfFeatures(features(2, 3, () => 1), features(1, 3, () => 1)),
    /at least 2 rows, but there are 1/,
  );
});
