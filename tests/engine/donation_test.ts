import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";

type Pair = { readonly a: tf.Tensor; readonly b: tf.Tensor };

for (const backend of ["onnx", "cpu"] as const) {
  Deno.test(`a donated argument on ${backend} is disposed, others stay`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const add = engine.jit(
      (state: { x: tf.Tensor }, step: { x: tf.Tensor }) => ({ x: tf.add(state.x, step.x) }),
      { donate: [0] },
    );
    const state = { x: tf.tensor1d([1, 2, 3]) };
    const step = { x: tf.tensor1d([10, 20, 30]) };
    const next = await add(state, step);
    assert.deepEqual([...next.x.dataSync()], [11, 22, 33]);
    assert.ok(state.x.isDisposed);
    assert.ok(!step.x.isDisposed);
    engine.dispose();
  });

  Deno.test(`a donated argument on ${backend} is disposed when the call fails`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const fail = engine.jit((_: { x: tf.Tensor }): { x: tf.Tensor } => {
      throw new Error("no");
    }, { donate: [0] });
    const state = { x: tf.tensor1d([1, 2, 3]) };
    await assert.rejects(fail(state), /no/);
    assert.ok(state.x.isDisposed);
    engine.dispose();
  });

  Deno.test(`memory given to reuse() on ${backend} is disposed, and what others see stays`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const add = engine.jit(({ x }: { x: tf.Tensor }) => ({ x: tf.add(x, 1) }));
    add.reuse({ never: tf.scalar(1) });
    let state: { x: tf.Tensor } = { x: tf.zeros([300]) };
    const clones: tf.Tensor[] = [];
    const { tensors } = engine.memory();
    for (let i = 1; i <= 20; i++) {
      const next = await add(state);
      // Only memory that nobody has seen is written again.
      if (i % 5 === 0) clones.push(tf.clone(next.x));
      // What was there before can still be read while the result is looked at.
      if (i % 7 === 0) {
        assert.ok(state.x.dataSync().every((value: number) => value === i - 1));
      }
      add.reuse(state);
      assert.ok(state.x.isDisposed);
      state = next;
    }
    assert.ok(state.x.dataSync().every((value: number) => value === 20));
    clones.forEach((clone, i) =>
      assert.ok(clone.dataSync().every((value: number) => value === 5 * i + 5))
    );
    assert.equal(engine.memory().tensors, tensors + clones.length);
    engine.dispose();
  });

  Deno.test(`values on ${backend} stay right through a thousand donations that swap them`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    // Swapping needs both old values after either could have been overwritten.
    const turn = engine.jit(
      ({ a, b }: Pair) => ({ a: tf.add(b, 1), b: tf.sub(a, 2) }),
      { donate: [0] },
    );
    let state: Pair = { a: tf.fill([300], 5), b: tf.fill([300], 7) };
    let [a, b] = [5, 7];
    for (let i = 0; i < 1000; i++) {
      state = await turn(state);
      [a, b] = [b + 1, a - 2];
    }
    assert.ok(state.a.dataSync().every((value: number) => value === a));
    assert.ok(state.b.dataSync().every((value: number) => value === b));
    engine.dispose();
  });

  Deno.test(`what a caller keeps on ${backend} is not overwritten by later calls`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const double = engine.jit(({ x }: { x: tf.Tensor }) => ({ x: tf.mul(x, 2) }), { donate: [0] });
    const source = Float32Array.of(1, 2, 3);
    const first = await double({ x: tf.tensor1d(source) });
    const kept = first.x.dataSync();
    const clone = tf.clone(first.x);
    const second = await double(first);
    const third = await double(second);
    assert.deepEqual([...third.x.dataSync()], [8, 16, 24]);
    assert.deepEqual([...clone.dataSync()], [2, 4, 6]);
    assert.deepEqual([...kept], [2, 4, 6]);
    assert.deepEqual([...source], [1, 2, 3]);
    engine.dispose();
  });

  Deno.test(`an argument that ${backend} returns unchanged survives its donation`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const pass = engine.jit(
      ({ a, b }: Pair) => ({ same: a, again: a, sum: tf.add(a, b), view: tf.reshape(b, [1, 2]) }),
      { donate: [0] },
    );
    const result = await pass({ a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) });
    assert.deepEqual([...result.same.dataSync()], [1, 2]);
    assert.deepEqual([...result.again.dataSync()], [1, 2]);
    assert.deepEqual([...result.sum.dataSync()], [4, 6]);
    assert.deepEqual([...result.view.dataSync()], [3, 4]);
    assert.deepEqual(result.view.shape, [1, 2]);
    // Each is a tensor of its own.
    result.same.dispose();
    assert.deepEqual([...result.again.dataSync()], [1, 2]);
    engine.dispose();
  });

  Deno.test(`one memory under two shapes on ${backend} is right`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const product = engine.jit(({ a, b }: Pair) => ({ y: tf.matMul(a, b) }));
    const a = tf.tensor2d([[1, 2, 3]]);
    const b = tf.reshape(a, [3, 1]);
    assert.deepEqual([...(await product({ a, b })).y.dataSync()], [14]);
    const again = await Promise.all([product({ a, b }), product({ a: b, b: a })]);
    assert.deepEqual([...again[0].y.dataSync()], [14]);
    assert.deepEqual([...again[1].y.dataSync()], [1, 2, 3, 2, 4, 6, 3, 6, 9]);
    engine.dispose();
  });

  Deno.test(`one tensor donated twice and passed beside on ${backend} is right`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const mix = engine.jit(
      ({ a, b }: Pair, { x }: { x: tf.Tensor }) => ({ y: tf.sub(tf.mul(a, b), x) }),
      { donate: [0] },
    );
    const a = tf.tensor1d([2, 3]);
    const x = tf.clone(a);
    const { y } = await mix({ a, b: a }, { x });
    assert.deepEqual([...y.dataSync()], [2, 6]);
    assert.deepEqual([...x.dataSync()], [2, 3]);
    engine.dispose();
  });
}

Deno.test("two programs run at the same time on shared inputs give their own results", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const x = tf.range(0, 4000);
  const programs = [1, 2, 3, 4].map((factor) =>
    engine.jit((given: { x: tf.Tensor }) => ({ y: tf.sum(tf.mul(given.x, factor)) }))
  );
  const sum = 4000 * 3999 / 2;
  for (let round = 0; round < 20; round++) {
    const results = await Promise.all(programs.map((program) => program({ x })));
    results.forEach(({ y }, i) => {
      // 4000 partial sums below 2^25: relative error of float32 far below 1e-5.
      assert.ok(Math.abs(y.dataSync()[0]! / ((i + 1) * sum) - 1) < 1e-5);
      y.dispose();
    });
  }
  engine.dispose();
});

Deno.test("two states interleaved through one program stay apart", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const add = engine.jit(
    ({ x }: { x: tf.Tensor }, { by }: { by: tf.Tensor }) => ({ x: tf.add(x, by) }),
    { donate: [0] },
  );
  const steps = [tf.scalar(1), tf.scalar(-1)] as const;
  let states = [{ x: tf.zeros([50]) as tf.Tensor }, { x: tf.zeros([50]) as tf.Tensor }] as const;
  for (let i = 0; i < 100; i++) {
    states = await Promise.all([
      add(states[0], { by: steps[0] }),
      add(states[1], { by: steps[1] }),
    ]);
  }
  assert.deepEqual([...states[0].x.dataSync()], new Array(50).fill(100));
  assert.deepEqual([...states[1].x.dataSync()], new Array(50).fill(-100));
  engine.dispose();
});
