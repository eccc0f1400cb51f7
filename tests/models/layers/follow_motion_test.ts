import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { expectedMotion, followMotion } from "../../../models/layers/follow_motion.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const sizes = { patch: 8, radius: 4 };

/** A drawing on black that has moved by (down, right) since the first frame. */
async function drawing() {
  const { normal } = await setUp({});
  const strokes = tf.cast(tf.greater(normal([1, 16, 16, 1], 1), 0.5), "float32");
  return {
    normal,
    at: (down: number, right: number) =>
      tf.pad(strokes, [[0, 0], [12 + down, 20 - down], [12 + right, 20 - right], [0, 0]]),
  };
}

Deno.test("expectedMotion() holds probabilities, most of them on going on", async () => {
  const { at } = await drawing();
  const logs = expectedMotion(at(2, 3), at(0, 0), sizes);
  const sums = tf.sum(tf.exp(logs), 3);
  assertNear(sums, tf.onesLike(sums), 1e-5);
  // A patch inside the drawing: its content came from (-2, -3) and so it will.
  const best = tf.argMax(tf.slice(logs, [0, 2, 2, 0], [1, 1, 1, -1]), 3).dataSync()[0];
  assert.equal(best, (-2 + 4) * 9 + (-3 + 4));
});

Deno.test("expectedMotion() leaves room for a bounce off either wall", async () => {
  const { at } = await drawing();
  const all = tf.exp(
    tf.slice(expectedMotion(at(2, 3), at(0, 0), sizes), [0, 2, 2, 0], [1, 1, 1, -1]),
  );
  const p = all.dataSync();
  const of = (dy: number, dx: number) => p[(dy + 4) * 9 + dx + 4]!;
  for (const bounced of [of(2, -3), of(-2, 3), of(2, 3)]) {
    // 4 % of each, of which the most likely pixel gets 0.325 at a spread of 0.7.
    assert.ok(Math.abs(bounced - 0.04 * 0.325) < 0.002, `${bounced}`);
    assert.ok(bounced > 10 * of(0, 0));
  }
});

Deno.test("followMotion() finds the displacement under noise and copies exactly", async () => {
  const { at, normal } = await drawing();
  const [before, newest, next] = [at(0, 0), at(2, 3), at(3, 6)];
  const prior = expectedMotion(newest, before, sizes);
  for (const spread of [0.05, 0.2]) {
    const noisy = tf.add(next, tf.mul(normal([1, 48, 48, 1], 9), spread));
    const moved = followMotion(noisy, tf.tensor1d([spread]), newest, prior, sizes);
    // Windows of 24 x 24 pixels: even one that holds a corner of the drawing decides at this spread.
    assertNear(moved, next, 1e-3);
  }
});

Deno.test("followMotion() of pure noise is the mean over what may come, with all of its ink", async () => {
  const { at, normal } = await drawing();
  const [before, newest] = [at(0, 0), at(2, 3)];
  const prior = expectedMotion(newest, before, sizes);
  const noisy = tf.mul(normal([1, 48, 48, 1], 9), 1000);
  const moved = followMotion(noisy, tf.tensor1d([1000]), newest, prior, sizes);
  const [ink, was] = [tf.sum(moved), tf.sum(newest)].map((sum) => sum.dataSync()[0]!);
  // Patches choose apart from each other, so some strokes are copied by two patches or by none.
  assert.ok(Math.abs(ink! / was! - 1) < 0.25, `${ink! / was!}`);
  assert.ok(tf.max(moved).dataSync()[0]! < 0.9, "a blur has no full strokes");
});

Deno.test("followMotion() moves each channel alike", async () => {
  const { at } = await drawing();
  const two = (a: tf.Tensor) => tf.concat([a, tf.mul(a, 0.5)], 3);
  const prior = expectedMotion(two(at(2, 3)), two(at(0, 0)), sizes);
  const moved = followMotion(two(at(4, 6)), tf.tensor1d([0.1]), two(at(2, 3)), prior, sizes);
  assertNear(moved, two(at(4, 6)), 1e-3);
});
