import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  compactDenoiser,
  compactDenoiserParameters,
  recentPast,
} from "../../models/compact_denoiser.ts";
import { expectedMotion, followMotion } from "../../models/layers/follow_motion.ts";
import { residualPreset } from "../../models/residual_video_diffusion.ts";
import { testDenoiser } from "./denoiser_suite.ts";
import { setUp } from "./set_up.ts";

const config = residualPreset("tiny", 1);

testDenoiser("compactDenoiser", config, ["noisy", "mean", "past", "context", "timesteps"]);

Deno.test("compactDenoiser() that is fresh answers with three quarters of the motion", async () => {
  const { denoiser } = config;
  assert.ok(denoiser.kind === "compact");
  const { parameters, normal } = await setUp(compactDenoiserParameters(denoiser));
  const shape = [1, 16, 16, 1];
  const [mean, newest, before] = [1, 2, 3].map((i) => tf.sigmoid(normal(shape, i)));
  const past = recentPast(denoiser, newest!, before!);
  const noisy = normal(shape, 5);
  const answer = compactDenoiser(parameters, denoiser, {
    noisy,
    mean: mean!,
    past,
    sigma: 0.25,
    context: { level0: tf.zeros([1, 4, 4, 8]), level1: tf.zeros([1, 2, 2, 16]) },
    timesteps: tf.tensor1d([40]),
    levels: tf.tensor2d([[0.8, 0.6]]),
  }).dataSync();
  // What is seen of the next frame: mean + sigma x / 0.8, with noise of sigma 0.6 / 0.8.
  const seen = tf.add(mean!, tf.mul(noisy, 0.25 / 0.8));
  const spread = tf.tensor1d([0.25 * 0.6 / 0.8]);
  const sizes = { patch: 8, radius: 4 };
  const moved = followMotion(seen, spread, newest!, expectedMotion(newest!, before!, sizes), sizes);
  const [m, c] = [mean!, moved].map((tensor) => tensor.dataSync());
  const gate = 1 / (1 + Math.exp(-1));
  for (const [i, value] of answer.entries()) {
    const expected = gate * ((c![i]! - m![i]!) / 0.25);
    assert.ok(Math.abs(value - expected) < 1e-4, `${value}, but expected ${expected}`);
  }
});
