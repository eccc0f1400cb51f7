import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { countFlops } from "../../bench/count_flops.ts";
import { createEngine } from "../../engine/create_engine.ts";

Deno.test("countFlops() of a convolution and its gradients is 2 B H W kh kw Cin Cout each", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const x = tf.zeros([2, 5, 6, 3]) as tf.Tensor4D;
  const w = tf.zeros([3, 3, 3, 4]) as tf.Tensor4D;
  const program = engine.jit(({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => {
    const loss = (x: tf.Tensor, w: tf.Tensor) =>
      tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same")) as tf.Scalar;
    const [dx, dw] = tf.grads(loss)([x, w]);
    return { dx: dx!, dw: dw! };
  });
  const once = 2 * (2 * 5 * 6) * (3 * 3 * 3 * 4);
  assert.equal(await countFlops("onnx", () => program.inspect({ x, w })), 3 * once);
  // The kernels are the original ones again: a traced program is not counted twice.
  assert.equal(await countFlops("onnx", () => program.inspect({ x, w })), 0);
  engine.dispose();
});

Deno.test("countFlops() of a convolution of clips counts the filter's depth too", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const x = tf.zeros([2, 5, 6, 7, 3]) as tf.Tensor5D;
  const w = tf.zeros([2, 3, 3, 3, 4]) as tf.Tensor5D;
  const program = engine.jit(({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => {
    const loss = (x: tf.Tensor, w: tf.Tensor) =>
      tf.sum(tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, "same")) as tf.Scalar;
    const [dx, dw] = tf.grads(loss)([x, w]);
    return { dx: dx!, dw: dw! };
  });
  const once = 2 * (2 * 5 * 6 * 7) * (2 * 3 * 3 * 3 * 4);
  assert.equal(await countFlops("onnx", () => program.inspect({ x, w })), 3 * once);
  engine.dispose();
});

Deno.test("countFlops() of a matrix product is 2 n m k, also of transposed batches", async () => {
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  const multiply = engine.jit(({ a, b }: { a: tf.Tensor; b: tf.Tensor }) => ({
    y: tf.matMul(a, b, true, false),
  }));
  const inputs = { a: tf.zeros([2, 5, 3]), b: tf.zeros([2, 5, 4]) };
  assert.equal(await countFlops("cpu", () => multiply(inputs)), 2 * 2 * 3 * 4 * 5);
  engine.dispose();
});
