import assert from "node:assert/strict";
import {
  deriveSeed,
  integers,
  normals,
  permutation,
  Stream,
  uniforms,
} from "../../numerics/random.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

const seed = 0x9abcdef0_12345678n;

Deno.test("normals() gives the published noise stream, rounded to float32", () => {
  const expected = vectors.noise_stream.rows.flatMap((row) => row.z_icdf_u24).map(Math.fround);
  assert.deepEqual([...normals({ seed, stream: Stream.noise, step: 7 }, 16)], expected);
});

Deno.test("normals() of a shorter draw is a prefix of a longer one", () => {
  const draw = { seed, stream: Stream.sampling, step: 3, lane: 9 } as const;
  for (const count of [0, 1, 3, 4, 5, 10]) {
    assert.deepEqual(normals(draw, count), normals(draw, 11).subarray(0, count));
  }
});

Deno.test("normals() differ for each of seed, stream, step and lane", () => {
  const draw = { seed, stream: Stream.noise, step: 1, lane: 1 } as const;
  const others = [
    draw,
    { ...draw, seed: seed + 1n },
    { ...draw, seed: seed + (1n << 32n) },
    { ...draw, stream: Stream.init },
    { ...draw, step: 2 },
    { ...draw, lane: 2 },
  ];
  assert.equal(new Set(others.map((other) => normals(other, 4).join())).size, others.length);
});

Deno.test("normals() have the moments of a standard normal", () => {
  const count = 400_000;
  const values = normals({ seed: 5n, stream: Stream.noise, step: 0 }, count);
  const moment = (power: number) => values.reduce((sum, z) => sum + z ** power, 0) / count;
  // Five standard errors: var(z) = 1, var(z^2) = 2, var(z^3) = 15, var(z^4) = 96.
  const error = (variance: number) => 5 * Math.sqrt(variance / count);
  assert.ok(Math.abs(moment(1)) < error(1));
  assert.ok(Math.abs(moment(2) - 1) < error(2));
  assert.ok(Math.abs(moment(3)) < error(15));
  assert.ok(Math.abs(moment(4) - 3) < error(96));
});

Deno.test("uniforms() stay inside (0, 1) in float32 and fill it evenly", () => {
  const count = 100_000;
  const values = uniforms({ seed: 6n, stream: Stream.timestep, step: 0 }, count);
  const bins = new Array<number>(10).fill(0);
  for (const value of values) {
    assert.ok(value > 0 && value < 1);
    bins[Math.floor(value * 10)]!++;
  }
  // Chi squared with 9 degrees of freedom: 33.7 is its 99.99 % quantile.
  const chiSquared = bins.reduce((sum, n) => sum + (n - count / 10) ** 2 / (count / 10), 0);
  assert.ok(chiSquared < 33.7, `chi squared ${chiSquared}`);
});

Deno.test("integers() reach every value below the limit and none beyond", () => {
  const values = integers({ seed: 7n, stream: Stream.digits, step: 0 }, 1000, 7);
  assert.deepEqual([...new Set(values)].sort(), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("permutation() gives the published epoch orders", () => {
  const { n10_epoch0, n10_epoch1 } = vectors.epoch_shuffle;
  const order = (
    epoch: number,
  ) => [...permutation({ seed, stream: Stream.shuffle, step: epoch }, 10)];
  assert.deepEqual(order(0), n10_epoch0);
  assert.deepEqual(order(1), n10_epoch1);
});

Deno.test("permutation() holds each index once", () => {
  const order = permutation({ seed, stream: Stream.shuffle, step: 5 }, 1000);
  assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 1000 }, (_, i) => i));
});

Deno.test("deriveSeed() depends on seed and purpose, stays in 64 bits, and is frozen", () => {
  assert.equal(deriveSeed(417n, "train"), deriveSeed(417n, "train"));
  const seeds = [
    deriveSeed(417n, "train"),
    deriveSeed(417n, "sample"),
    deriveSeed(418n, "train"),
    deriveSeed(417n, ""),
  ];
  assert.equal(new Set(seeds).size, seeds.length);
  for (const derived of seeds) assert.ok(derived >= 0n && derived < 1n << 64n);
});

Deno.test("draws outside 32-bit counters or 64-bit seeds are refused by name", () => {
  const draw = { seed, stream: Stream.noise, step: 0 } as const;
  assert.throws(() => normals({ ...draw, step: -1 }, 1), /step must be an integer from 0/);
  assert.throws(() => normals({ ...draw, lane: 2 ** 32 }, 1), /lane must be an integer from 0/);
  assert.throws(() => normals({ ...draw, seed: -1n }, 1), /seed must be 64 bits unsigned, got -1/);
  assert.throws(() => integers(draw, 1, 0), /the range is empty/);
});
