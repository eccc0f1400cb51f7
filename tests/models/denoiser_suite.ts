import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { contextStart } from "../../models/context_net.ts";
import {
  denoiser,
  pastOf,
  type ResidualVideoDiffusionConfig,
  residualVideoDiffusionParameters,
} from "../../models/residual_video_diffusion.ts";
import { under } from "../../models/parameters.ts";
import type { DenoiserInput } from "../../models/residual_denoiser.ts";
import { setUp } from "./set_up.ts";

const shape = [2, 8, 8, 1];

type Read = Exclude<keyof DenoiserInput, "sigma" | "levels">;

/** What every denoiser must do. @param reads The inputs that may change its answer. */
export function testDenoiser(
  name: string,
  config: ResidualVideoDiffusionConfig,
  reads: readonly Read[],
): void {
  const inputs = async () => {
    const { parameters, normal } = await setUp(residualVideoDiffusionParameters(config));
    const start = contextStart(config.context, { batch: 2, height: 8, width: 8 });
    const input: DenoiserInput = {
      noisy: normal(shape, 1),
      mean: tf.sigmoid(normal(shape, 2)),
      sigma: 0.25,
      past: pastOf(config.denoiser, tf.sigmoid(normal(shape, 3)), tf.sigmoid(normal(shape, 10))),
      context: mapValues(start, (map, i) => normal(map.shape, 4 + i)),
      timesteps: tf.tensor1d([3, 70]),
      levels: tf.tensor2d([[0.8, 0.6], [0.6, 0.8]]),
    };
    // Layers that start at zero would hide what they read.
    const awake = mapValues(
      under(parameters, "denoiser"),
      (tensor, i) => tf.add(tensor, tf.mul(normal(tensor.shape, 20 + i), 0.05)),
    );
    return { parameters: awake, input, normal };
  };

  Deno.test(`${name}() answers in the shape of the residual`, async () => {
    const { parameters, input } = await inputs();
    assert.deepEqual(denoiser(parameters, config.denoiser, input).shape, shape);
  });

  Deno.test(`${name}() depends on ${reads.join(", ")}, sample by sample`, async () => {
    const { parameters, input, normal } = await inputs();
    const before = denoiser(parameters, config.denoiser, input);
    const changes: Record<Read, DenoiserInput> = {
      noisy: { ...input, noisy: normal(shape, 9) },
      mean: { ...input, mean: tf.sigmoid(normal(shape, 9)) },
      past: { ...input, past: mapValues(input.past, (map) => normal(map.shape, 9)) },
      context: { ...input, context: mapValues(input.context, (map) => normal(map.shape, 9)) },
      timesteps: { ...input, timesteps: tf.tensor1d([50, 70]) },
    };
    for (const key of Object.keys(changes) as Read[]) {
      const after = denoiser(parameters, config.denoiser, changes[key]);
      const [first = 0, second = 0] = tf.max(tf.abs(tf.sub(after, before)), [1, 2, 3]).dataSync();
      assert.equal(first > 1e-4, reads.includes(key), `${key} moved the answer by ${first}`);
      // The second sample's time did not change, and samples do not mix.
      if (key === "timesteps") assert.equal(second, 0);
    }
  });

  Deno.test(`${name}() gives every parameter a gradient`, async () => {
    const { parameters, input } = await inputs();
    const names = Object.keys(parameters);
    const loss = (...tensors: tf.Tensor[]) => {
      const record = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      return tf.mean(tf.square(denoiser(record, config.denoiser, input)));
    };
    const gradients = tf.grads(loss)(names.map((name) => parameters[name]!));
    for (const [i, gradient] of gradients.entries()) {
      const largest = tf.max(tf.abs(gradient)).dataSync()[0] ?? 0;
      assert.ok(largest > 1e-8, `${names[i]} has gradient ${largest}`);
    }
  });
}

function mapValues(
  record: Readonly<Record<string, tf.Tensor>>,
  change: (tensor: tf.Tensor, i: number) => tf.Tensor,
): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(record).map(([name, tensor], i) => [name, change(tensor, i)]),
  );
}
