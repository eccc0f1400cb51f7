/** The loss of an image diffusion on one batch. */

import * as tf from "@tensorflow/tfjs-core";
import { denoisingLoss, type DenoisingOptions } from "../../diffusion/denoising_loss.ts";
import { imageDenoiser, type ImageDenoiserConfig } from "../../models/image_denoiser.ts";
import { type Parameters, under } from "../../models/parameters.ts";
import { UNIFORMS } from "./ddpm_batches.ts";

export interface DdpmLossOptions extends DenoisingOptions {
  readonly network: ImageDenoiserConfig;
}

/**
 * Loss of each image, `[batch]`, and the running statistics that the network has afterwards.
 *
 * @param parameters Trained ones and buffers together.
 * @param batch From `ddpmBatches`.
 */
export function ddpmLoss(
  parameters: Parameters,
  options: DdpmLossOptions,
  batch: Parameters,
  mode: "train" | "eval",
): { readonly losses: tf.Tensor; readonly buffers: Parameters } {
  let buffers: Parameters = {};
  const network = (noisy: tf.Tensor, timesteps: tf.Tensor) => {
    const answer = imageDenoiser(parameters, options.network, {
      noisy,
      timesteps,
      labels: batch.labels!,
      mode,
      ...(mode === "train" ? { uniforms: under(batch, UNIFORMS) } : {}),
    });
    buffers = answer.buffers;
    return answer.output;
  };
  const { x0, noise, timesteps, factors, weights, vlb } = batch;
  const losses = denoisingLoss(network, options, {
    x0: x0!,
    noise: noise!,
    timesteps: timesteps!,
    factors: factors!,
    weights: weights!,
    ...(vlb ? { vlb } : {}),
  });
  return { losses, buffers };
}
