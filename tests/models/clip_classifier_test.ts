import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  clipClassifierParameters,
  clipFeatures,
  clipLogits,
  thumbnails,
} from "../../models/clip_classifier.ts";
import { countParameters } from "../../models/parameters.ts";
import { assertNear } from "./assert_near.ts";
import { setUp } from "./set_up.ts";

const config = {
  size: 16,
  channels: 3,
  classes: 2,
  width: 4,
  frameFeatures: 5,
  clipFeatures: 6,
} as const;

Deno.test("clipFeatures() gives a row for each frame and each clip, whatever the length", async () => {
  const { parameters, normal } = await setUp(clipClassifierParameters(config));
  const clips = normal([2, 7, 16, 16, 3], 1);
  const features = clipFeatures(parameters, clips);
  assert.deepEqual(features.frames.shape, [14, 5]);
  assert.deepEqual(features.clips.shape, [2, 6]);
  assert.deepEqual(clipLogits(parameters, features.clips).shape, [2, 2]);
  assert.deepEqual(thumbnails(parameters, features.frames).shape, [14, 8, 8, 3]);
  const first = tf.slice(clips, [0, 0, 0, 0, 0], [1, 7, 16, 16, 3]);
  const alone = clipFeatures(parameters, first);
  assertNear(alone.clips, tf.slice(features.clips, [0, 0], [1, 6]), 1e-6);
});

Deno.test("clipFeatures() of a clip that runs backwards differ: they know the direction", async () => {
  const { parameters, normal } = await setUp(clipClassifierParameters(config));
  const clip = normal([1, 4, 16, 16, 3], 2);
  const [there, back] = [clip, tf.reverse(clip, 1)].map((x) => clipFeatures(parameters, x).clips);
  const change = tf.max(tf.abs(tf.sub(there!, back!))).dataSync()[0]!;
  assert.ok(change > 1e-4, `${change}`);
});

Deno.test("clipClassifierParameters() count what they declare, and refuse other edges", () => {
  const convolutions = 3 * 4 * 16 + 4 + 4 * 8 * 16 + 8 + 8 * 16 * 16 + 16;
  const frame = 2 * 2 * 16 * 5 + 5;
  const rest = (5 * 192 + 192) + (10 * 6 + 6) + (6 * 2 + 2);
  assert.equal(countParameters(clipClassifierParameters(config)), convolutions + frame + rest);
  assert.throws(
    () => clipClassifierParameters({ ...config, size: 20 }),
    /20 pixels.*multiple of 8/,
  );
});
