import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { depthToSpace } from "../../../models/layers/depth_to_space.ts";
import { channelWindows, transportChannels } from "../../../models/layers/transport_channels.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("transportChannels() moves every channel by the same displacement", async () => {
  const { normal } = await setUp({});
  const sizes = { patch: 8, radius: 4 };
  const scene = normal([1, 24, 24, 3], 1);
  // All weight on dy = -1, dx = +2: each pixel takes what lies one row above, two columns to the right.
  const axis = (shift: number) => Array.from({ length: 9 }, (_, i) => i === shift + 4 ? 50 : 0);
  const logits = tf.tensor2d(Array.from({ length: 9 }, () => [...axis(-1), ...axis(2)]));
  const windows = channelWindows(scene, sizes);
  assert.equal(windows.length, 3);
  const moved = transportChannels(windows, logits, sizes);
  const image = depthToSpace(tf.reshape(moved, [1, 3, 3, 192]), 8);
  const expected = tf.slice(tf.pad(scene, [[0, 0], [1, 0], [0, 2], [0, 0]]), [0, 0, 2, 0], [
    1,
    24,
    24,
    3,
  ]);
  // Other displacements keep e^-50 of the weight: nothing in float32.
  assertNear(image, expected, 1e-6);
});
