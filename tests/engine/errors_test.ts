import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";

Deno.test("a kernel without lowering is an error that names program, kernel and op", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const program = engine.jit(
    // Its result's shape depends on values, so it can have no lowering.
    ({ x }: { x: tf.Tensor }) => ({ y: tf.unique(x).values }),
    { name: "distinct values" },
  );
  await assert.rejects(
    program({ x: tf.tensor1d([1, 3, 2]) }),
    /Cannot compile "distinct values": kernel "Unique".*op "unique/,
  );
  assert.throws(() => tf.unique(tf.tensor1d([1, 3, 2])), /kernel "Unique".*op "unique/);
  engine.dispose();
});

Deno.test("reading a value while tracing is an error that says what to do", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const sync = engine.jit(
    ({ x }: { x: tf.Tensor }) => ({ y: tf.mul(x, tf.sum(x).dataSync()[0]!) }),
    { name: "peeking" },
  );
  await assert.rejects(
    sync({ x: tf.tensor1d([1, 2]) }),
    /Cannot read a value inside "peeking".*return the tensor and read it outside/,
  );
  engine.dispose();
});

Deno.test("an async function is refused", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const wrong = (({ x }: { x: tf.Tensor }) => Promise.resolve({ y: x })) as unknown;
  const program = engine.jit(wrong as (tree: { x: tf.Tensor }) => { y: tf.Tensor });
  await assert.rejects(program({ x: tf.scalar(1) }), /must not be async/);
  engine.dispose();
});

Deno.test("a disposed argument is an error that names the argument", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const program = engine.jit(
    (state: { x: tf.Tensor }, other: { deep: { y: tf.Tensor } }) => ({
      z: tf.add(state.x, other.deep.y),
    }),
    { name: "adding" },
  );
  const y = tf.scalar(1);
  y.dispose();
  await assert.rejects(
    program({ x: tf.scalar(1) }, { deep: { y } }),
    /Cannot run "adding": argument 1 "deep.y" must be a live tensor/,
  );
  engine.dispose();
});

Deno.test("a program called inside another one is refused by name", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const inner = engine.jit(({ x }: { x: tf.Tensor }) => ({ y: tf.neg(x) }), { name: "inner" });
  let answer: Promise<unknown> = Promise.resolve();
  const outer = engine.jit(({ x }: { x: tf.Tensor }) => {
    answer = inner({ x });
    answer.catch(() => {});
    return { y: tf.neg(x) };
  }, { name: "outer" });
  await outer({ x: tf.scalar(1) });
  await assert.rejects(answer, /"inner"/);
  engine.dispose();
});

Deno.test("gradients that tfjs-core lacks are errors inside a program too", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const program = engine.jit(({ x }: { x: tf.Tensor }) => ({
    dx: tf.grad((z: tf.Tensor) => tf.image.rotateWithOffset(z as tf.Tensor4D, 1))(x),
  }));
  await assert.rejects(program({ x: tf.ones([1, 2, 2, 1]) }), /gradient function not found/);
  // The engine still works.
  const next = engine.jit(({ x }: { x: tf.Tensor }) => ({ y: tf.square(x) }));
  assert.equal((await next({ x: tf.scalar(3) })).y.dataSync()[0], 9);
  engine.dispose();
});

Deno.test("NaN and infinities flow through programs", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const program = engine.jit(({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => ({
    log: tf.log(x),
    inverse: tf.div(1, x),
    relu: tf.relu(x),
    mean: tf.mean(x),
    conv: tf.conv2d(tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
  }));
  const { log, inverse, relu, mean, conv } = await program({
    x: tf.tensor1d([NaN, 0, 1, Infinity]),
    w: tf.ones([1, 1, 1, 16]),
  });
  assert.deepEqual([...log.dataSync()], [NaN, -Infinity, 0, Infinity]);
  assert.deepEqual([...inverse.dataSync()], [NaN, Infinity, 1, 0]);
  assert.ok(Number.isNaN(relu.dataSync()[0]));
  assert.ok(Number.isNaN(mean.dataSync()[0]));
  const pixels = [...conv.dataSync()];
  assert.ok(pixels.slice(0, 16).every(Number.isNaN));
  assert.deepEqual(pixels.slice(16, 48), [...new Array(16).fill(0), ...new Array(16).fill(1)]);
  engine.dispose();
});
