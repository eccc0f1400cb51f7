import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { smallBatch, smallFactors, smallState, smallStep } from "../support/small_training.ts";

Deno.test("a program is traced once for each signature", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  let traces = 0;
  const step = smallStep(engine, () => traces++);
  let state = smallState();
  for (let k = 1; k <= 5; k++) {
    for (const size of [4, 2]) {
      const batch = smallBatch(size);
      const factors = smallFactors(k);
      const result = await step(state, batch, factors);
      state = result.state;
      tf.dispose([batch, factors, result.loss]);
    }
  }
  assert.equal(traces, 2);
  assert.equal(engine.memory().sessions, 2);
  engine.dispose();
});

Deno.test("names, shapes, dtypes and nesting are the signature, values are not", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  let traces = 0;
  const first = engine.jit((tree: Record<string, tf.Tensor>) => {
    traces++;
    return { y: tf.add(Object.values(tree)[0]!, 1) };
  });
  await first({ a: tf.tensor1d([1, 2]) });
  await first({ a: tf.tensor1d([3, 4]) });
  assert.equal(traces, 1);
  await first({ b: tf.tensor1d([1, 2]) });
  assert.equal(traces, 2);
  await first({ a: tf.tensor2d([[1, 2]]) });
  assert.equal(traces, 3);
  await first({ a: tf.tensor1d([1, 2], "int32") });
  assert.equal(traces, 4);
  engine.dispose();
});

Deno.test("calls that start together compile once", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  let traces = 0;
  const program = engine.jit(({ x }: { x: tf.Tensor }) => {
    traces++;
    return { y: tf.square(x) };
  });
  const results = await Promise.all([1, 2, 3].map((x) => program({ x: tf.scalar(x) })));
  assert.equal(traces, 1);
  assert.deepEqual(results.map(({ y }) => y.dataSync()[0]), [1, 4, 9]);
  engine.dispose();
});

Deno.test("equal programs share one session until the last is disposed", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const before = engine.memory().sessions;
  const make = (name: string) =>
    engine.jit(({ x }: { x: tf.Tensor }) => ({ y: tf.tanh(tf.mul(x, 2)) }), { name });
  const [one, two] = [make("one"), make("two")];
  const x = tf.tensor1d([0.5]);
  const [a, b] = [await one.inspect({ x }), await two.inspect({ x })];
  assert.equal(a.hash, b.hash);
  assert.equal(engine.memory().sessions, before + 1);
  one.dispose();
  const { y } = await two({ x });
  assert.ok(Math.abs(y.dataSync()[0]! - Math.tanh(1)) < 1e-6);
  two.dispose();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(engine.memory().sessions, before);
  engine.dispose();
});

Deno.test("a failed trace is not kept", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  let fails = true;
  const program = engine.jit(({ x }: { x: tf.Tensor }) => {
    if (fails) throw new Error("first time only");
    return { y: tf.neg(x) };
  });
  await assert.rejects(program({ x: tf.scalar(3) }), /first time only/);
  fails = false;
  assert.equal((await program({ x: tf.scalar(3) })).y.dataSync()[0], -3);
  engine.dispose();
});
