import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  movingLayers,
  movingLayersParameters,
  seeMotion,
  seenChannels,
} from "../../models/moving_layers.ts";
import { assertNear } from "./assert_near.ts";
import { setUp } from "./set_up.ts";

const config = { radius: 4, layers: 2 };

Deno.test("seeMotion() shows patches, evidence and places, and zeros up to a block", async () => {
  const { normal } = await setUp({});
  const grid = { channels: 1, patch: 8 };
  const frame = tf.sigmoid(normal([2, 16, 24, 1], 1));
  const seen = seeMotion(frame, tf.sigmoid(normal([2, 16, 24, 1], 2)), grid, config);
  // 64 pixels, 81 displacements, 2 coordinates, and 13 zeros.
  assert.equal(seenChannels(grid, config), 160);
  assert.deepEqual(seen.shape, [2, 2, 3, 160]);
  const part = (start: number, size: number) =>
    tf.slice(seen, [0, 0, 0, start], [-1, -1, -1, size]);
  assertNear(
    tf.slice(part(0, 8), [0, 0, 0, 0], [1, 1, 1, 8]),
    tf.slice(frame, [0, 0, 0, 0], [1, 1, 8, 1]),
    0,
  );
  assertNear(tf.sum(part(64, 81), 3), new Array(12).fill(1), 1e-5);
  const corner = [-1, -1, -1, 0, -1, 1, 1, -1, 1, 0, 1, 1];
  assertNear(part(145, 2), [...corner, ...corner], 0);
  assertNear(part(147, 13), new Array(12 * 13).fill(0), 0);
});

Deno.test("movingLayers() moves the frame as its kernels say, when nothing is painted", async () => {
  for (const channels of [1, 3]) {
    const grid = { channels, patch: 8 };
    const { parameters, normal } = await setUp(movingLayersParameters(5, grid, config));
    const frame = tf.sigmoid(normal([2, 16, 24, channels], 1));
    // Bias alone: both layers move by (+1, −2), nothing is painted.
    const motions = new Array(18).fill(0);
    motions[1 + 4] = motions[9 - 2 + 4] = 100;
    const opacities = [...new Array(64).fill(0), ...new Array(64).fill(-100)];
    const bias = [...motions, ...motions, ...opacities, ...new Array(64 * channels).fill(0)];
    const chosen = {
      "out.kernel": tf.zerosLike(parameters["out.kernel"]!),
      "out.bias": tf.tensor1d(bias),
    };
    const result = movingLayers(chosen, normal([2, 2, 3, 5], 2), frame, grid, config);
    const padded = tf.pad(frame, [[0, 0], [0, 1], [2, 0], [0, 0]]);
    assertNear(result, tf.slice(padded, [0, 1, 0, 0], [2, 16, 24, channels]), 1e-6);
  }
});

Deno.test("movingLayers() lays the second layer over the first, and paint over both", async () => {
  const grid = { channels: 1, patch: 8 };
  const { parameters } = await setUp(movingLayersParameters(1, grid, config));
  // Content of 0.5 everywhere; patch inside the frame, so that moving keeps it.
  const frame = tf.fill([1, 24, 24, 1], 0.5);
  const at = (opacity: number, paint: number) => {
    const bias = [
      ...new Array(36).fill(0),
      ...new Array(64).fill(0),
      // A logit of 3 makes up for the start at −3.
      ...new Array(64).fill(3 + Math.log(opacity / (1 - opacity))),
      ...new Array(64).fill(3 + Math.log(paint / (1 - paint))),
    ];
    const chosen = {
      "out.kernel": tf.zerosLike(parameters["out.kernel"]!),
      "out.bias": tf.tensor1d(bias),
    };
    return tf.slice(movingLayers(chosen, tf.zeros([1, 3, 3, 1]), frame, grid, config), [
      0,
      12,
      12,
      0,
    ], [1, 1, 1, 1]);
  };
  assertNear(at(0.25, 0.9), [0.75 * 0.5 + 0.25 * 0.9], 1e-6);
  assertNear(at(0.6, 0.1), [0.4 * 0.5 + 0.6 * 0.1], 1e-6);
});

Deno.test("movingLayers() starts near the moved frame and stays in [0, 1]", async () => {
  const grid = { channels: 1, patch: 8 };
  const { parameters, normal } = await setUp(movingLayersParameters(4, grid, config));
  const frame = tf.sigmoid(normal([1, 16, 16, 1], 1));
  const result = movingLayers(parameters, normal([1, 2, 2, 4], 2), frame, grid, config);
  assert.ok(result.dataSync().every((value) => value >= 0 && value <= 1));
});
