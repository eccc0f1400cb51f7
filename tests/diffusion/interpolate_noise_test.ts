import assert from "node:assert/strict";
import { interpolateNoise } from "../../diffusion/interpolate_noise.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { assertClose } from "./assert_close.ts";

const noise = (lane: number) => normals({ seed: 5n, stream: Stream.sampling, step: 0, lane }, 3072);
const norm = (values: Float32Array) => Math.hypot(...values);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

Deno.test("interpolateNoise() of perpendicular vectors walks the quarter circle", () => {
  const [a, b] = [Float32Array.of(2, 0), Float32Array.of(0, 2)];
  for (const share of [0, 0.25, 0.5, 1]) {
    const [x, y] = interpolateNoise(a, b, share);
    assertClose(x, 2 * Math.cos((share * Math.PI) / 2), `x at ${share}`, {
      relative: 0,
      absolute: 3e-7,
    });
    assertClose(y, 2 * Math.sin((share * Math.PI) / 2), `y at ${share}`, {
      relative: 0,
      absolute: 3e-7,
    });
  }
});

Deno.test("interpolateNoise() keeps the norm of noise, and turns at constant speed", () => {
  const [a, b] = [noise(0), noise(1)];
  const angle = Math.acos(dot(a, b) / (norm(a) * norm(b)));
  for (const share of [0.1, 0.5, 0.9]) {
    const c = interpolateNoise(a, b, share);
    const length = (1 - share) * norm(a) + share * norm(b);
    // Of 3072 float32 values.
    assertClose(norm(c), length, `norm at ${share}`, { relative: 1e-6, absolute: 0 });
    const turned = Math.acos(dot(a, c) / (norm(a) * norm(c)));
    assertClose(turned, share * angle, `angle at ${share}`, { relative: 1e-5, absolute: 0 });
  }
});

Deno.test("interpolateNoise() begins and ends with the noises themselves", () => {
  const [a, b] = [noise(0), noise(1)];
  assert.deepEqual(interpolateNoise(a, b, 0), a);
  assert.deepEqual(interpolateNoise(a, b, 1), b);
  assert.notEqual(interpolateNoise(a, b, 0), a); // a copy
});

Deno.test("interpolateNoise() of parallel noises is a straight line", () => {
  const [a, b] = [Float32Array.of(1, 2), Float32Array.of(3, 6)];
  const half = interpolateNoise(a, b, 0.5);
  assertClose(half[0], 2, "x", { relative: 3e-7, absolute: 0 });
  assertClose(half[1], 4, "y", { relative: 3e-7, absolute: 0 });
});

Deno.test("interpolateNoise() refuses what has no path", () => {
  const [a, opposite] = [Float32Array.of(1, 2), Float32Array.of(-1, -2)];
  assert.throws(() => interpolateNoise(a, opposite, 0.5), /the two are opposite/);
  assert.throws(() => interpolateNoise(a, new Float32Array(2), 0.5), /one of the two is all zeros/);
  assert.throws(
    () => interpolateNoise(a, new Float32Array(3), 0.5),
    /equal length, but have 2 and 3/,
  );
  assert.throws(() => interpolateNoise(a, opposite, 1.5), /share must be in \[0, 1\], but is 1.5/);
});
