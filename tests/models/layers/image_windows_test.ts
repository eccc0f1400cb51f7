import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { imageWindows } from "../../../models/layers/image_windows.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("imageWindows() shows each patch and its surroundings, zeros outside", async () => {
  await setUp({});
  const image = tf.reshape(tf.range(1, 25), [1, 4, 6]);
  const windows = imageWindows(image, { patch: 2, radius: 1 });
  assert.deepEqual(windows.shape, [6, 4, 4]);
  const first = [0, 0, 0, 0, 0, 1, 2, 3, 0, 7, 8, 9, 0, 13, 14, 15];
  const last = [10, 11, 12, 0, 16, 17, 18, 0, 22, 23, 24, 0, 0, 0, 0, 0];
  assertNear(tf.slice(windows, [0, 0, 0], [1, -1, -1]), first, 0);
  assertNear(tf.slice(windows, [5, 0, 0], [1, -1, -1]), last, 0);
});

Deno.test("imageWindows() reaches over several patches, and keeps images apart", async () => {
  const { normal } = await setUp({});
  const images = normal([2, 8, 8], 1);
  const windows = imageWindows(images, { patch: 2, radius: 3 });
  assert.deepEqual(windows.shape, [32, 8, 8]);
  // Patch (row 2, column 1) of the second image: pixels 1..8 and -1..6.
  const inside = tf.slice(images, [1, 1, 0], [1, 7, 7]);
  const expected = tf.pad(inside, [[0, 0], [0, 1], [1, 0]]);
  assertNear(tf.slice(windows, [16 + 2 * 4 + 1, 0, 0], [1, -1, -1]), expected, 0);
});

Deno.test("imageWindows() refuses windows that are no whole number of patches", async () => {
  const { normal } = await setUp({});
  assert.throws(
    () => imageWindows(normal([1, 8, 8], 1), { patch: 4, radius: 1 }),
    /twice the radius must be a multiple of the patch, 4, but the radius is 1/,
  );
});
