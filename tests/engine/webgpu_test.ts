import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { registerCpuKernels } from "../../engine/cpu/register.ts";
import { createEngine } from "../../engine/create_engine.ts";
import {
  bilinearShares,
  nearestShares,
  poolShares,
  resampleGradient,
} from "../../engine/composed/resample_gradient.ts";
import { composeKernels } from "../../engine/composed/compose_kernels.ts";
import { describeAdapter } from "../../engine/webgpu/adapter.ts";
import { scattered, toTensor } from "../support/host_tensor.ts";

Deno.test("describeAdapter() knows GPUs from programs that act like one", () => {
  const of = (description: string, isFallbackAdapter?: boolean) =>
    describeAdapter({
      description,
      ...(isFallbackAdapter === undefined ? {} : { isFallbackAdapter }),
    });
  assert.deepEqual(of("NVIDIA H200"), { name: "NVIDIA H200", isSoftware: false });
  assert.deepEqual(of("AMD Radeon RX 7900 (RADV)", false).isSoftware, false);
  assert.equal(of("llvmpipe (LLVM 15.0.6, 256 bits)").isSoftware, true);
  assert.equal(of("SwiftShader Device").isSoftware, true);
  assert.equal(of("Microsoft Basic Render Driver").isSoftware, true);
  assert.equal(of("Some GPU", true).isSoftware, true);
  assert.equal(of("").name, "unnamed GPU");
});

Deno.test("resampleGradient() is the gradient of pooling and resizing on the cpu backend", async () => {
  await createEngine({ backend: "cpu", threads: 1 });
  registerCpuKernels();
  const images = toTensor(scattered([2, 5, 7, 3])) as tf.Tensor4D;
  const check = (resample: (x: tf.Tensor) => tf.Tensor, mine: (dy: tf.Tensor) => tf.Tensor) => {
    const dy = toTensor(scattered(resample(images).shape, { salt: 3 }));
    const expected = tf.grad(resample)(images, dy).dataSync();
    const found = mine(dy).dataSync();
    // A few float32 roundings of values below 4.
    expected.forEach((value: number, i: number) => assert.ok(Math.abs(found[i]! - value) < 2e-6));
  };
  for (const alignCorners of [false, true]) {
    for (const halfPixelCenters of [false, true]) {
      if (alignCorners && halfPixelCenters) continue; // Excludes itself.
      const corners = { alignCorners, halfPixelCenters };
      for (const [height, width] of [[9, 4], [3, 14], [1, 7]] as const) {
        const size: [number, number] = [height, width];
        check(
          (x) => tf.image.resizeBilinear(x as tf.Tensor4D, size, alignCorners, halfPixelCenters),
          (dy) =>
            resampleGradient(
              dy,
              bilinearShares(5, height, corners),
              bilinearShares(7, width, corners),
            ),
        );
        check(
          (x) =>
            tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, alignCorners, halfPixelCenters),
          (dy) =>
            resampleGradient(
              dy,
              nearestShares(5, height, corners),
              nearestShares(7, width, corners),
            ),
        );
      }
    }
  }
  const shares = (size: number) =>
    poolShares(size, { count: Math.ceil(size / 2), stride: 2, length: 3, before: 1 });
  check(
    (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, "same"),
    (dy) => resampleGradient(dy, shares(5), shares(7)),
  );
});

Deno.test("composeKernels() puts a composition before a kernel, which it may call, and leaks nothing", async () => {
  await createEngine({ backend: "cpu", threads: 1 });
  const twice = {
    Relu6: ({ inputs: { x }, attributes, native }: Parameters<Compose>[0]) =>
      tf.mul(native({ x: x! }, attributes), 2),
  };
  const own = tf.getKernel("Relu6", "cpu");
  try {
    composeKernels("cpu", twice);
    composeKernels("cpu", twice); // Changes nothing.
    const x = tf.tensor1d([-1, 3, 9]);
    const before = tf.memory().numTensors;
    const y = tf.relu6(x);
    assert.deepEqual([...y.dataSync()], [0, 6, 12]);
    assert.equal(tf.memory().numTensors, before + 1);
    y.dispose();
    x.dispose();
  } finally {
    tf.unregisterKernel("Relu6", "cpu");
    tf.registerKernel(own);
  }
});

type Compose = Parameters<typeof composeKernels>[1][string];
