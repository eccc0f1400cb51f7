/** What a MoCoGAN offers: its generator. Its judges are not kept with it. */

import type { Json } from "../../artifacts/weights.ts";
import { clipNoise, generateClips } from "../../models/mocogan/video_generator.ts";
import type { MocoganModel } from "../sample/mocogan_model.ts";
import type { Exportable } from "./exportable.ts";

/** Batch norms use the running statistics of training; clips have the length of those in training unless told. */
export const mocoganExport: Exportable = (json, sizes) => {
  const { network, classes } = json as Json & MocoganModel;
  const { content, motion, categories } = network;
  const frames = sizes.frames ?? network.frames;
  const moments = motion.noise === "same" ? 1 : frames;
  return {
    generator: {
      summary: `Clips of ${frames} frames from noise`,
      inputs: {
        content: { shape: ["batch", content], doc: "Standard normal; what a clip shows" },
        noise: { shape: ["batch", moments, motion.size], doc: "Standard normal; how it moves" },
        ...(motion.hidden === null
          ? { start: { shape: ["batch", motion.size], doc: "Standard normal; where it starts" } }
          : {}),
        ...(categories > 0
          ? {
            category: {
              shape: ["batch", categories],
              doc: `One-hot category: ${classes.join(", ")}`,
            },
          }
          : {}),
      },
      outputs: { clips: "[batch, frame, height, width, channel] in [-1, 1]" },
      run: (weights, noise) => ({
        clips: generateClips(weights, network, clipNoise(noise), { frames, mode: "eval" }).output,
      }),
    },
  };
};
