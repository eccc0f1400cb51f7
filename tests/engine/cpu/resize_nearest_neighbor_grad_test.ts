import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { registerCpuKernels } from "../../../engine/cpu/register.ts";
import { createCpuEngine } from "../../../engine/cpu_engine.ts";

interface Resize {
  readonly images: readonly [number, number, number, number];
  readonly size: readonly [number, number];
  readonly mode: "plain" | "alignCorners" | "halfPixelCenters";
}

Deno.test("gradient of resizeNearestNeighbor() sums each pixel's copies, for every batch item", async () => {
  await createCpuEngine();
  const images = tf.tensor4d([1, 2, 3, 4], [2, 1, 2, 1]);
  const cotangent = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [
    2,
    2,
    4,
    1,
  ]);
  const [gradient] = tf.grads((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2, 4]))(
    [images],
    cotangent,
  );
  // Rows 1 2 | 3 4 over 5 6 | 7 8: the left pixel was copied to 1, 2, 5, 6. By hand; exact in float32.
  assert.deepEqual([...gradient!.dataSync()], [14, 22, 46, 54]);
});

Deno.test("gradient of resizeNearestNeighbor() is the transpose of the forward kernel for random sizes", async () => {
  await createCpuEngine();
  const resizes = fc.record({
    images: fc.tuple(side(3), side(6), side(6), side(3)),
    size: fc.tuple(side(9), side(9)),
    mode: fc.constantFrom("plain" as const, "alignCorners" as const, "halfPixelCenters" as const),
  });
  fc.assert(
    fc.property(resizes, (resize) => {
      tf.tidy(() => {
        const { gradient, expected } = gradients(resize);
        // At most 81 small integers are added per pixel, which float32 does exactly.
        assert.deepEqual(gradient, expected);
      });
    }),
    { seed: 417, numRuns: 200 },
  );
});

Deno.test("registerCpuKernels() may be called twice", () => {
  registerCpuKernels();
  const before = tf.getKernelsForBackend("cpu").length;
  registerCpuKernels();
  assert.equal(tf.getKernelsForBackend("cpu").length, before);
});

/** The kernel's answer, and the sum over the pixels that the forward pass copied. */
function gradients({ images, size, mode }: Resize) {
  const count = images.reduce((product, length) => product * length, 1);
  // Each pixel holds its own index, so the resized image says where every pixel came from.
  const indices = tf.tensor4d(Float32Array.from({ length: count }, (_, i) => i), [...images]);
  const resize = (x: tf.Tensor) =>
    tf.image.resizeNearestNeighbor(
      x as tf.Tensor4D,
      [...size],
      mode === "alignCorners",
      mode === "halfPixelCenters",
    );
  const sources = resize(indices);
  const cotangent = tf.tensor4d(
    Float32Array.from({ length: sources.size }, (_, i) => (i * 7) % 23 - 11),
    sources.shape,
  );
  const expected = new Array<number>(count).fill(0);
  const values = cotangent.dataSync();
  sources.dataSync().forEach((source, i) => expected[source]! += values[i]!);
  const [gradient] = tf.grads(resize)([indices], cotangent);
  return { gradient: [...gradient!.dataSync()], expected };
}

function side(longest: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: longest });
}
