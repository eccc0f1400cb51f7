import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { contextStart } from "../../models/context_net.ts";
import { residualDenoiser, residualDenoiserParameters } from "../../models/residual_denoiser.ts";
import { residualVideoDiffusion } from "../../models/residual_video_diffusion.ts";
import { setUp } from "./set_up.ts";

const { context, denoiser: config } = residualVideoDiffusion("tiny", 1);
const shape = [2, 16, 16, 1];

async function inputs() {
  const { parameters, normal } = await setUp(residualDenoiserParameters(config));
  const start = contextStart(context, { batch: 2, height: 16, width: 16 });
  return {
    parameters,
    input: {
      noisy: normal(shape, 1),
      mean: normal(shape, 2),
      context: start.map((map, i) => normal(map.shape, 3 + i)),
      timesteps: tf.tensor1d([3, 70]),
    },
    normal,
  };
}

Deno.test("residualDenoiser() answers in the shape of the residual", async () => {
  const { parameters, input } = await inputs();
  assert.deepEqual(residualDenoiser(parameters, config, input).shape, shape);
});

Deno.test("residualDenoiser() depends on residual, mean, context and time, sample by sample", async () => {
  const { parameters, input, normal } = await inputs();
  const before = residualDenoiser(parameters, config, input);
  const changes = {
    noisy: { ...input, noisy: normal(shape, 9) },
    mean: { ...input, mean: normal(shape, 9) },
    context: { ...input, context: input.context.map((map) => normal(map.shape, 9)) },
    timesteps: { ...input, timesteps: tf.tensor1d([50, 70]) },
  };
  for (const [name, changed] of Object.entries(changes)) {
    const moved = tf.max(tf.abs(tf.sub(residualDenoiser(parameters, config, changed), before)), [
      1,
      2,
      3,
    ]);
    const [first = 0, second = 0] = moved.dataSync();
    assert.ok(first > 1e-4, `${name} moved the output by ${first}`);
    // The second sample's time did not change, and samples do not mix.
    if (name === "timesteps") assert.equal(second, 0);
  }
});

Deno.test("residualDenoiser() gives every parameter a gradient", async () => {
  const { parameters, input } = await inputs();
  const names = Object.keys(parameters);
  const loss = (...tensors: tf.Tensor[]) => {
    const record = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    return tf.mean(tf.square(residualDenoiser(record, config, input)));
  };
  const gradients = tf.grads(loss)(names.map((name) => parameters[name]!));
  for (const [i, gradient] of gradients.entries()) {
    const largest = tf.max(tf.abs(gradient)).dataSync()[0] ?? 0;
    // Below this it is rounding: a bias before a group norm of one channel has none in truth.
    assert.ok(largest > 1e-7, `${names[i]} has no gradient`);
  }
});
