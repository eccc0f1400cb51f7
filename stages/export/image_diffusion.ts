/** What an image diffusion offers: one denoising. */

import * as tf from "@tensorflow/tfjs-core";
import type { Json } from "../../artifacts/weights.ts";
import { imageDenoiser } from "../../models/image_denoiser.ts";
import type { ImageDiffusionConfig } from "../sample/image_diffusion.ts";
import type { Exportable } from "./exportable.ts";

/** Batch norms use the running statistics of training. */
export const imageDiffusionExport: Exportable = (json) => {
  const { network, height, width, objective, variance } = json as Json & ImageDiffusionConfig;
  const isLearned = variance === "learned";
  return {
    denoiser: {
      summary: `The ${objective} of a noisy image`,
      inputs: {
        noisy: {
          shape: ["batch", height, width, network.channels],
          doc: "A noisy image; clean ones are in [-1, 1]",
        },
        timesteps: { shape: ["batch"], doc: "Diffusion step of each image, 0, 1, 2, ..." },
        ...(network.classes > 0
          ? {
            labels: {
              shape: ["batch"],
              dtype: "int32",
              doc: `Class of each image, 0 to ${network.classes - 1}; ${network.classes}: none`,
            },
          }
          : {}),
      },
      outputs: {
        output: `The network's answer: ${objective}`,
        ...(isLearned
          ? {
            variance: "Where the log variance lies between its bounds: −1 the lower, 1 the upper",
          }
          : {}),
      },
      run(weights, { noisy, timesteps, labels }) {
        const { output: answer } = imageDenoiser(weights, network, {
          noisy: noisy!,
          timesteps: timesteps!,
          ...(labels ? { labels } : {}),
          mode: "eval",
        });
        if (!isLearned) return { output: answer };
        const [output, fraction] = tf.split(answer, 2, 3);
        return { output: output!, variance: fraction! };
      },
    },
  };
};
