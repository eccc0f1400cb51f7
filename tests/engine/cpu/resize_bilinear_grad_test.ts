import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { createCpuEngine } from "../../../engine/cpu_engine.ts";

Deno.test("gradient of resizeBilinear() is the transpose of the forward kernel for random sizes", async () => {
  await createCpuEngine();
  const resizes = fc.record({
    images: fc.tuple(side(3), side(5), side(5), side(3)),
    size: fc.tuple(side(7), side(7)),
    mode: fc.constantFrom("plain" as const, "alignCorners" as const, "halfPixelCenters" as const),
    salt: fc.integer({ min: 0, max: 1000 }),
  });
  fc.assert(
    fc.property(resizes, ({ images, size, mode, salt }) => {
      tf.tidy(() => {
        const resize = (x: tf.Tensor) =>
          tf.image.resizeBilinear(
            x as tf.Tensor4D,
            [...size],
            mode === "alignCorners",
            mode === "halfPixelCenters",
          );
        const x = waves([...images], salt);
        const y = resize(x);
        const cotangent = waves(y.shape, salt + 1);
        const gradient = tf.grads(resize)([x], cotangent)[0]!;
        assert.deepEqual(gradient.shape, x.shape);
        // Resizing is linear, so <resize(x), dy> = <x, gradient>. Both are sums of at most 300
        // products below 1 with one float32 rounding each: 300 * 2^-24 = 2e-5 at the very worst.
        assert.ok(Math.abs(dot(y, cotangent) - dot(x, gradient)) < 2e-5);
      });
    }),
    { seed: 417, numRuns: 200 },
  );
});

Deno.test("gradient of resizeBilinear() shares a cotangent between neighbours", async () => {
  await createCpuEngine();
  const images = tf.tensor4d([5, 9], [1, 1, 2, 1]);
  const cotangent = tf.tensor4d([1, 10, 100, 1000], [1, 1, 4, 1]);
  const resize = (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [1, 4]);
  // Sources 0, 0.5, 1, 1.5 of two pixels: the last lies beyond the second pixel and copies it.
  assert.deepEqual([...resize(images).dataSync()], [5, 7, 9, 9]);
  assert.deepEqual([...tf.grads(resize)([images], cotangent)[0]!.dataSync()], [6, 1105]);
});

function waves(shape: number[], salt: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + salt)), shape);
}

function dot(a: tf.Tensor, b: tf.Tensor): number {
  const values = b.dataSync();
  return Array.from(a.dataSync()).reduce((sum, value, i) => sum + value * values[i]!, 0);
}

function side(longest: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: longest });
}
