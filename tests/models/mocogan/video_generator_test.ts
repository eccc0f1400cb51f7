import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { MocoganConfig } from "../../../models/mocogan/config.ts";
import { motionCodes } from "../../../models/mocogan/motion_codes.ts";
import {
  generateClips,
  generateFrames,
  videoGeneratorBuffers,
  videoGeneratorParameters,
} from "../../../models/mocogan/video_generator.ts";
import { under } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";
import { tinyConfig } from "./tiny_config.ts";

const CLIPS = 3;
const FRAMES = 5;

async function example(changes: Partial<MocoganConfig> = {}) {
  const config = tinyConfig(changes);
  const { parameters, normal } = await setUp({
    ...videoGeneratorParameters(config),
    ...videoGeneratorBuffers(config),
  });
  const moments = config.motion.noise === "same" ? 1 : FRAMES;
  const noise = {
    content: normal([CLIPS, 3], 1),
    category: tf.tensor2d([1, 0, 0, 1, 1, 0], [CLIPS, 2]),
    start: normal([CLIPS, 4], 2),
    noise: normal([CLIPS, moments, 4], 3),
  };
  return { config, parameters, noise, normal };
}

const options = { frames: FRAMES, mode: "eval" } as const;

Deno.test("generateClips() draws frames in (−1, 1), each from its own code", async () => {
  const { config, parameters, noise } = await example();
  const { output, buffers } = generateClips(parameters, config, noise, options);
  assert.deepEqual(output.shape, [CLIPS, FRAMES, 16, 16, 3]);
  assert.ok(tf.max(tf.abs(output)).dataSync()[0]! < 1);
  assert.deepEqual(buffers, {});
  const spread = tf.max(tf.abs(tf.sub(
    tf.slice(output, [0, 0, 0, 0, 0], [1, 1, 16, 16, 3]),
    tf.slice(output, [0, 1, 0, 0, 0], [1, 1, 16, 16, 3]),
  ))).dataSync()[0]!;
  assert.ok(spread > 1e-5, `frames differ by ${spread}`);
});

Deno.test("generateClips() in evaluation draws a clip whatever is drawn with it", async () => {
  const { config, parameters, noise } = await example();
  const { output } = generateClips(parameters, config, noise, options);
  const alone = generateClips(parameters, config, {
    content: tf.slice(noise.content, [1, 0], [1, 3]),
    category: tf.slice(noise.category, [1, 0], [1, 2]),
    start: tf.slice(noise.start, [1, 0], [1, 4]),
    noise: tf.slice(noise.noise, [1, 0, 0], [1, FRAMES, 4]),
  }, options);
  assertNear(alone.output, tf.slice(output, [1, 0, 0, 0, 0], [1, FRAMES, 16, 16, 3]), 1e-6);
});

Deno.test("generateClips() depends on content, category, start and noise", async () => {
  const { config, parameters, noise, normal } = await example();
  const before = generateClips(parameters, config, noise, options).output;
  const others = {
    content: normal([CLIPS, 3], 9),
    category: tf.sub(1, noise.category),
    start: normal([CLIPS, 4], 8),
    noise: normal([CLIPS, FRAMES, 4], 7),
  };
  for (const [name, other] of Object.entries(others)) {
    const changed = generateClips(parameters, config, { ...noise, [name]: other }, options).output;
    const change = tf.max(tf.abs(tf.sub(changed, before))).dataSync()[0]!;
    assert.ok(change > 1e-5, `${name} changes ${change}`);
  }
});

Deno.test("generateFrames() draws the chosen frame of each clip", async () => {
  const { config, parameters, noise } = await example();
  const clips = generateClips(parameters, config, noise, options).output;
  const chosen = tf.oneHot(tf.tensor1d([4, 0, 2], "int32"), FRAMES).toFloat();
  const frames = generateFrames(parameters, config, { ...noise, chosen }, options).output;
  for (const [clip, t] of [4, 0, 2].entries()) {
    const own = tf.slice(frames, [clip, 0, 0, 0], [1, 16, 16, 3]);
    assertNear(own, tf.slice(clips, [clip, t, 0, 0, 0], [1, 1, 16, 16, 3]), 1e-6);
  }
});

Deno.test("motionCodes() remember nothing, and longer paths begin as shorter ones", async () => {
  const { config, parameters, noise, normal } = await example();
  const own = under(parameters, "motion");
  const first = motionCodes(own, config.motion, noise, options).codes;
  const more = tf.concat([noise.noise, normal([CLIPS, 2, 4], 6)], 1);
  const longer = motionCodes(own, config.motion, { ...noise, noise: more }, {
    ...options,
    frames: FRAMES + 2,
  }).codes;
  assert.equal(longer.length, FRAMES + 2);
  for (const [t, code] of first.entries()) assertNear(longer[t]!, code, 0);
});

Deno.test("motionCodes() with the same noise at all frames move by the state alone", async () => {
  const motion = { size: 4, cell: "lstm", hidden: 6, noise: "same" } as const;
  const { config, parameters, noise } = await example({ motion });
  const own = under(parameters, "motion");
  const { codes } = motionCodes(own, config.motion, noise, options);
  const change = tf.max(tf.abs(tf.sub(codes[0]!, codes[1]!))).dataSync()[0]!;
  assert.ok(change > 1e-4, `${change}`);
  const repeated = tf.tile(noise.noise, [1, FRAMES, 1]);
  const fresh = motionCodes(own, { ...motion, noise: "fresh" }, { noise: repeated }, options).codes;
  for (const [t, code] of codes.entries()) assertNear(fresh[t]!, code, 1e-7);
});

Deno.test("the generator refuses noise of another length and missing parts", async () => {
  const { config, parameters, noise } = await example();
  const { start: _, ...startless } = noise;
  const { category: __, ...uncategorised } = noise;
  const draw = (given: Parameters<typeof generateClips>[2], frames = FRAMES) => () =>
    generateClips(parameters, config, given, { ...options, frames });
  assert.throws(
    draw(noise, 7),
    /7 frames: with "fresh" noise there must be 7 moments of it, but there are 5/,
  );
  assert.throws(draw(startless), /a state that is the code starts with noise/);
  assert.throws(draw(uncategorised), /knows 2 categories and needs one for each clip/);
});
