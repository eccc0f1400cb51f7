import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  compactDenoiser,
  compactDenoiserParameters,
  recentPast,
} from "../../models/compact_denoiser.ts";
import { residualPreset } from "../../models/residual_video_diffusion.ts";
import { testDenoiser } from "./denoiser_suite.ts";
import { setUp } from "./set_up.ts";

const config = residualPreset("tiny", 1);

testDenoiser("compactDenoiser", config, ["noisy", "mean", "past", "context", "timesteps"]);

Deno.test("compactDenoiser() that is fresh answers with half of the motion", async () => {
  const { denoiser } = config;
  assert.ok(denoiser.kind === "compact");
  const { parameters, normal } = await setUp(compactDenoiserParameters(denoiser));
  const shape = [1, 8, 8, 1];
  const [mean, newest, before] = [1, 2, 3].map((i) => tf.sigmoid(normal(shape, i)));
  const past = recentPast(denoiser, newest!, before!);
  const noisy = normal(shape, 5);
  const answer = compactDenoiser(parameters, denoiser, {
    noisy,
    mean: mean!,
    past,
    sigma: 0.25,
    context: { level0: tf.zeros([1, 2, 2, 8]), level1: tf.zeros([1, 1, 1, 16]) },
    timesteps: tf.tensor1d([40]),
    levels: tf.tensor2d([[0.8, 0.6]]),
  }).dataSync();
  const [m, c] = [mean!, past.carried!].map((tensor) => tensor.dataSync());
  for (const [i, value] of answer.entries()) {
    const expected = 0.5 * ((c![i]! - m![i]!) / 0.25);
    assert.ok(Math.abs(value - expected) < 1e-5, `${value}, but expected ${expected}`);
  }
});
