import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../../engine/create_engine.ts";
import { HASH_NUMBERS, hashedDropout } from "../../../models/layers/hashed_dropout.ts";
import { Stream, uniforms } from "../../../numerics/random.ts";
import { setUp } from "../set_up.ts";

const EDGE = 512;

function draw(groups: number, tokens: number, lane: number): tf.Tensor {
  const count = groups * tokens * HASH_NUMBERS;
  const values = uniforms({ seed: 8n, stream: Stream.evaluation, step: 0, lane }, count);
  return tf.tensor(values, [groups, tokens, HASH_NUMBERS]);
}

/** What is left of ones, `[1, EDGE, EDGE]`. */
function mask(rate: number): tf.Tensor3D {
  const [rows, columns] = [draw(1, EDGE, 1), draw(1, EDGE, 2)];
  return hashedDropout(tf.ones([1, EDGE, EDGE]), { rate, rows, columns });
}

Deno.test("hashedDropout() at rate 0 is the identity", async () => {
  const { normal } = await setUp({});
  const input = normal([2, 5, 7], 1) as tf.Tensor3D;
  const output = hashedDropout(input, { rate: 0, rows: draw(2, 5, 1), columns: draw(2, 7, 2) });
  assert.deepEqual(output.dataSync(), input.dataSync());
});

Deno.test("hashedDropout() drops a fifth and keeps the mean", async () => {
  await setUp({});
  const values = mask(0.2).dataSync();
  const dropped = values.filter((value) => value === 0).length / values.length;
  // Independent elements would scatter by √(.16 / 512²) = .0008; dependent rows by a little more.
  assert.ok(Math.abs(dropped - 0.2) < 0.004, `dropped ${dropped}`);
  const kept = values.find((value) => value !== 0)!;
  // Divided by the rate that was applied, 204 / 1021.
  assert.ok(Math.abs(kept - 1021 / 817) < 1e-6);
});

Deno.test("hashedDropout() drops about a fifth of every row and column", async () => {
  await setUp({});
  for (const axis of [1, 2]) {
    const zeros = tf.cast(tf.equal(mask(0.2), 0), "float32");
    const shares: readonly number[] = [...tf.mean(zeros, axis).dataSync()];
    // Spread of the share of 512 independent elements: .0177. Five of them, and no row is whole or empty.
    for (const share of shares) assert.ok(Math.abs(share - 0.2) < 5 * 0.0177, `share ${share}`);
    const variance = shares.reduce((sum, share) => sum + (share - 0.2) ** 2, 0) / EDGE;
    assert.ok(variance > 0.0177 ** 2 / 2 && variance < 0.0177 ** 2 * 2, `variance ${variance}`);
  }
});

Deno.test("hashedDropout() drops elements of rows, columns and rectangles independently", async () => {
  await setUp({});
  const dropped = mask(0.2).dataSync().map((value) => value === 0 ? 0.8 : -0.2);
  const at = (row: number, column: number) => dropped[(row % EDGE) * EDGE + column % EDGE]!;
  const mean = (term: (i: number, j: number) => number) => {
    let sum = 0;
    for (let i = 0; i < EDGE; i++) for (let j = 0; j < EDGE; j++) sum += term(i, j);
    return sum / EDGE ** 2;
  };
  // Means of 512² products of variance .16² (.16⁴ for four factors): spread .16 / 512 = .0003, .16² / 512 = 5e-5.
  assert.ok(Math.abs(mean((i, j) => at(i, j) * at(i, j + 1))) < 0.002);
  assert.ok(Math.abs(mean((i, j) => at(i, j) * at(i + 1, j))) < 0.002);
  assert.ok(Math.abs(mean((i, j) => at(i, j) * at(i + 17, j + 5))) < 0.002);
  const rectangle = (i: number, j: number) =>
    at(i, j) * at(i + 3, j) * at(i, j + 7) * at(i + 3, j + 7);
  assert.ok(Math.abs(mean(rectangle)) < 4e-4);
});

Deno.test("hashedDropout() drops the same elements on every backend", async () => {
  await setUp({});
  const expected = mask(0.2).dataSync();
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const program = engine.jit((rows: tf.Tensor, columns: tf.Tensor) =>
    hashedDropout(tf.ones([1, EDGE, EDGE]), { rate: 0.2, rows, columns })
  );
  const output = await program(draw(1, EDGE, 1), draw(1, EDGE, 2));
  assert.deepEqual(await output.data(), expected);
  program.dispose();
  engine.dispose();
});

Deno.test("hashedDropout() passes gradients where it keeps", async () => {
  const { normal } = await setUp({});
  const input = normal([2, 5, 7], 1) as tf.Tensor3D;
  const options = { rate: 0.5, rows: draw(2, 5, 1), columns: draw(2, 7, 2) };
  const slope = tf.grad((x) => hashedDropout(x as tf.Tensor3D, options))(input);
  const factors = hashedDropout(tf.onesLike(input), options);
  assert.deepEqual(slope.dataSync(), factors.dataSync());
  assert.ok(slope.dataSync().includes(0));
});

Deno.test("hashedDropout() refuses to drop everything", async () => {
  await setUp({});
  assert.throws(() => mask(1), /at rate 1: the rate must be in \[0, 1\)/);
});
