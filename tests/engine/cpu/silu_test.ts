import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createCpuEngine } from "../../../engine/cpu_engine.ts";

Deno.test("Silu on the cpu backend is x / (1 + exp(-x))", async () => {
  await createCpuEngine();
  const x = tf.tensor2d([-100, -20, -1, -0.5, 0, 1e-6, 0.5, 1, 20, 100], [2, 5]);
  const y = tf.engine().runKernel("Silu", { x });
  assert.ok(y instanceof tf.Tensor);
  assert.deepEqual(y.shape, [2, 5]);
  const values = y.dataSync();
  x.dataSync().forEach((value, i) => {
    const expected = value / (1 + Math.exp(-value));
    // One rounding to float32: half a unit in the last place, 2^-24 relative or 2^-150 when denormal.
    const tolerance = Math.max(2 ** -24 * Math.abs(expected), 2 ** -150);
    assert.ok(Math.abs(values[i]! - expected) <= tolerance, `silu(${value})`);
  });
});

Deno.test("Silu on the cpu backend refuses integers by name", async () => {
  await createCpuEngine();
  assert.throws(
    () => tf.engine().runKernel("Silu", { x: tf.tensor1d([1, 2], "int32") }),
    /kernel "Silu": inputs must be float32, found int32/,
  );
});
