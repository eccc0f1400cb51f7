/** Odd ways to call a compiled function. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";

type One = { readonly x: tf.Tensor };

async function withEngine(use: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  try {
    await use(engine);
  } finally {
    engine.dispose();
  }
}

Deno.test("a function without arguments is compiled too", () =>
  withEngine(async (engine) => {
    const program = engine.jit(() => ({ y: tf.add(tf.ones([2, 2]), tf.range(0, 2)) }));
    assert.deepEqual([...(await program()).y.dataSync()], [1, 2, 1, 2]);
  }));

Deno.test("a function that returns no tensor is refused", () =>
  withEngine(async (engine) => {
    const program = engine.jit((_: One) => ({}), { name: "empty-handed" });
    await assert.rejects(
      program({ x: tf.scalar(1) }),
      /Cannot compile "empty-handed": the function must return a tensor/,
    );
  }));

Deno.test("a function may return an argument, a constant, integers and booleans", () =>
  withEngine(async (engine) => {
    const mixed = engine.jit(({ x }: One) => ({
      x,
      constant: tf.tensor1d([7, 8], "int32"),
      positive: tf.greater(x, 0),
      rounded: tf.cast(x, "int32"),
      nested: { deeper: { y: tf.neg(x) } },
    }));
    const result = await mixed({ x: tf.tensor1d([-1.5, 2.5]) });
    assert.deepEqual([...result.x.dataSync()], [-1.5, 2.5]);
    assert.deepEqual([...result.constant.dataSync()], [7, 8]);
    assert.equal(result.constant.dtype, "int32");
    assert.deepEqual([...result.positive.dataSync()], [0, 1]);
    assert.equal(result.positive.dtype, "bool");
    assert.deepEqual([...result.rounded.dataSync()], [-1, 2]);
    assert.deepEqual([...result.nested.deeper.y.dataSync()], [1.5, -2.5]);
  }));

Deno.test("the result may be a single tensor", () =>
  withEngine(async (engine) => {
    const program = engine.jit((x: tf.Tensor) => tf.square(x));
    assert.equal((await program(tf.scalar(3))).dataSync()[0], 9);
  }));

Deno.test("an argument may be disposed while the program runs", () =>
  withEngine(async (engine) => {
    const program = engine.jit(({ x }: One) => ({ y: tf.matMul(x, x) }));
    const x = tf.fill([400, 400], 1 / 400);
    await program({ x });
    const running = program({ x });
    x.dispose();
    const others = Array.from({ length: 20 }, (_, i) => tf.fill([400, 400], i));
    const { y } = await running;
    // 400 equal products: float32 sums them to within 400 * 2^-24.
    assert.ok(y.dataSync().every((value: number) => Math.abs(value * 400 - 1) < 3e-5));
    tf.dispose(others);
  }));

Deno.test("a captured tensor lives as long as the program, even when its owner disposes it", () =>
  withEngine(async (engine) => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => i);
    const captured = tf.tensor1d(values);
    const program = engine.jit(({ x }: One) => ({ y: tf.add(x, captured) }));
    await program({ x: tf.zeros([5000]) });
    captured.dispose();
    const { y } = await program({ x: tf.ones([5000]) });
    assert.ok(y.dataSync().every((value: number, i: number) => value === i + 1));
  }));

Deno.test("intermediate tensors may be disposed, kept and tidied inside", () =>
  withEngine(async (engine) => {
    const program = engine.jit(({ x }: One) => {
      const doubled = tf.mul(x, 2);
      const tidied = tf.tidy(() => tf.add(tf.square(doubled), 1));
      const kept = tf.keep(tf.neg(tidied));
      doubled.dispose();
      return { y: tf.add(kept, tidied), kept };
    });
    const { y, kept } = await program({ x: tf.scalar(3) });
    assert.deepEqual([y.dataSync()[0], kept.dataSync()[0]], [0, -37]);
  }));

Deno.test("a chain of 5000 operators compiles and runs", () =>
  withEngine(async (engine) => {
    const program = engine.jit(({ x }: One) => {
      let y = x;
      for (let i = 0; i < 2500; i++) y = tf.sub(tf.neg(y), 1);
      return { y };
    });
    // Two rounds give y -> -(-y - 1) - 1 = y.
    assert.equal((await program({ x: tf.scalar(5) })).y.dataSync()[0], 5);
  }));

Deno.test("empty tensors pass", () =>
  withEngine(async (engine) => {
    const program = engine.jit(({ x }: One) => ({
      joined: tf.concat([x, tf.ones([2, 3])], 0),
      sum: tf.sum(x),
      doubled: tf.mul(x, 2),
    }));
    const { joined, sum, doubled } = await program({ x: tf.zeros([0, 3]) });
    assert.deepEqual(joined.shape, [2, 3]);
    assert.equal(sum.dataSync()[0], 0);
    assert.deepEqual(doubled.shape, [0, 3]);
  }));

Deno.test("programs of one engine work on after another engine comes and goes", () =>
  withEngine(async (engine) => {
    const x = tf.ones([1, 4, 4, 16]);
    const w = tf.ones([3, 3, 16, 16]);
    const conv = ({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => ({
      y: tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "valid"),
    });
    const program = engine.jit(conv);
    await program({ x, w });
    const other = await createEngine({ backend: "onnx", threads: 1, blockSize: 0 });
    const { y: portable } = await other.jit(conv)({ x, w });
    other.dispose();
    const { y } = await program({ x, w });
    const { y: again } = await engine.jit(conv)({ x, w });
    for (const result of [portable, y, again]) {
      assert.ok(result.dataSync().every((value: number) => value === 144));
    }
  }));

Deno.test("tensors made on the cpu backend may be arguments", () =>
  withEngine(async (engine) => {
    const program = engine.jit(({ x }: One) => ({ y: tf.exp(x) }));
    await tf.setBackend("cpu");
    const x = tf.tensor1d([0, 1]);
    await tf.setBackend("onnx");
    const { y } = await program({ x });
    assert.equal(y.dataSync()[0], 1);
    assert.ok(Math.abs(y.dataSync()[1]! - Math.E) < 1e-6);
  }));

Deno.test("a program is not compiled on another backend, but runs beside it", () =>
  withEngine(async (engine) => {
    const program = engine.jit(({ x }: One) => ({ y: tf.add(tf.exp(x), 1) }), { name: "p" });
    await tf.setBackend("cpu");
    try {
      await assert.rejects(
        program({ x: tf.scalar(0) }),
        /Cannot compile "p": the active tfjs backend must be "onnx", but is "cpu"/,
      );
      await tf.setBackend("onnx");
      await program({ x: tf.scalar(0) });
      await tf.setBackend("cpu");
      assert.equal((await program({ x: tf.scalar(0) })).y.dataSync()[0], 2);
    } finally {
      await tf.setBackend("onnx");
    }
  }));

Deno.test("memory donated while another program reads it is not overwritten", () =>
  withEngine(async (engine) => {
    // Slow: 30 products; its argument is donated to a fast program as soon as it has started.
    const slow = engine.jit(({ x }: One) => {
      let y = x;
      for (let i = 0; i < 30; i++) y = tf.matMul(x, y);
      return { y };
    });
    const fast = engine.jit(({ x }: One) => ({ x: tf.add(x, 1) }), { donate: [0] });
    const fresh = () => tf.fill([300, 300], 1 / 300);
    await slow({ x: fresh() });
    for (let i = 0; i < 3; i++) {
      const x = (await fast({ x: tf.fill([300, 300], 1 / 300 - 1) })).x;
      const running = slow({ x });
      let state = await fast({ x });
      for (let k = 0; k < 5; k++) state = await fast(state);
      const { y } = await running;
      // (1/300 - 1) + 1 is 1/300 to within 2^-25; thirty products of 300 terms multiply that by 30.
      assert.ok(y.dataSync().every((value: number) => Math.abs(value * 300 - 1) < 1e-3));
    }
  }));
