import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";

Deno.test("timers fire while a program runs", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  // 20 products of 700x700 matrices: 14 GFLOP, at least 50 ms on one core of any machine.
  const program = engine.jit(({ x }: { x: tf.Tensor }) => {
    let y = x;
    for (let i = 0; i < 20; i++) y = tf.matMul(y, x);
    return { y };
  });
  const x = tf.fill([700, 700], 1 / 700);
  await program({ x });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const start = performance.now();
  const { y } = await program({ x });
  const elapsedMs = performance.now() - start;
  clearInterval(timer);
  // A blocking call would allow none. Timers of 1 ms are late on a busy machine, so few are asked.
  assert.ok(ticks >= 5, `${ticks} ticks in ${elapsedMs.toFixed(0)} ms`);
  assert.ok(Math.abs(y.dataSync()[0]! * 700 - 1) < 1e-3);
  engine.dispose();
});
