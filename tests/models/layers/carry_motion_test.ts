import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { carryMotion } from "../../../models/layers/carry_motion.ts";
import { setUp } from "../set_up.ts";

/** A textured square with its corner at (top, left), on black. */
function square(texture: tf.Tensor, top: number, left: number): tf.Tensor {
  return tf.pad(texture, [[0, 0], [top, 24 - 8 - top], [left, 24 - 8 - left], [0, 0]]);
}

for (const [dy, dx] of [[0, 0], [3, -2], [-4, 0], [2, 3]] as const) {
  Deno.test(`carryMotion() moves a square on by (${dy}, ${dx})`, async () => {
    const { normal } = await setUp({});
    const texture = tf.sigmoid(tf.mul(normal([1, 8, 8, 2], 1), 3));
    const at = (steps: number) => square(texture, 8 + steps * dy, 8 + steps * dx);
    const carried = carryMotion(at(0), at(-1), { patch: 4, reach: 4 });
    const error = tf.mean(tf.square(tf.sub(carried, at(1)))).dataSync()[0]!;
    const still = tf.mean(tf.square(tf.sub(at(0), at(1)))).dataSync()[0]!;
    // Patches at the border of the square see half of it and are less sure: 2 % of the energy.
    const energy = tf.mean(tf.square(at(1))).dataSync()[0]!;
    assert.ok(error < 0.02 * energy, `error ${error}, energy ${energy}`);
    assert.ok(
      dy === 0 && dx === 0 || error < 0.1 * still,
      `error ${error}, standing still ${still}`,
    );
  });
}
