import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { compactDenoiser, compactDenoiserParameters } from "../../models/compact_denoiser.ts";
import { residualPreset } from "../../models/residual_video_diffusion.ts";
import { testDenoiser } from "./denoiser_suite.ts";
import { setUp } from "./set_up.ts";

const config = residualPreset("tiny", 1);

testDenoiser("compactDenoiser", config, ["noisy", "mean", "past", "context", "timesteps"]);

Deno.test("compactDenoiser() that is fresh answers with the posterior mean about a quarter of the motion", async () => {
  const { denoiser } = config;
  assert.ok(denoiser.kind === "compact");
  const { parameters, normal } = await setUp(compactDenoiserParameters(denoiser));
  const shape = [1, 8, 8, 1];
  const [mean, newest, before, carried] = [1, 2, 3, 4].map((i) => tf.sigmoid(normal(shape, i)));
  const noisy = normal(shape, 5);
  const answer = compactDenoiser(parameters, denoiser, {
    noisy,
    mean: mean!,
    past: { newest: newest!, before: before!, carried: carried! },
    sigma: 0.25,
    context: { level0: tf.zeros([1, 2, 2, 8]), level1: tf.zeros([1, 1, 1, 16]) },
    timesteps: tf.tensor1d([40]),
    levels: tf.tensor2d([[0.8, 0.6]]),
  }).dataSync();
  const gate = 1 / (1 + Math.E);
  const [m, c, x] = [mean!, carried!, noisy].map((tensor) => tensor.dataSync());
  for (const [i, value] of answer.entries()) {
    const prior = gate * ((c![i]! - m![i]!) / 0.25);
    // N(prior, μ (1 − μ) / σ²) seen through 0.8 x0 + 0.6 ε.
    const variance = (m![i]! * (1 - m![i]!) + 0.001) / 0.25 ** 2;
    const gain = (variance * 0.8) / (variance * 0.64 + 0.36);
    const expected = prior + gain * (x![i]! - 0.8 * prior);
    assert.ok(Math.abs(value - expected) < 1e-5, `${value}, but expected ${expected}`);
  }
});
