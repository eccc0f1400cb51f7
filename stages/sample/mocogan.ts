/** Sampling of MoCoGAN. */

import { z } from "zod";
import type { Clips } from "../../artifacts/clips.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";
import { type ClipSource, createClipSampler } from "./draw_clips.ts";
import { toBytes, toUnit } from "./image_values.ts";
import { type MocoganModel, readMocogan } from "./mocogan_model.ts";
import { mocoganPictures } from "./mocogan_pictures.ts";

const id = "sample/mocogan";

const params = z.strictObject({
  count: z.int().positive().default(256).describe("Clips to draw"),
  frames: z.int().positive().optional().describe(
    "Frames of each clip, any number; absent: as many as in training",
  ),
  weights: z.enum(["ema", "raw"]).default("ema").describe(
    "The average of parameters, where training kept one, or those of the last step",
  ),
  batchNorm: z.enum(["running", "batch"]).default("running").describe(
    "Statistics of batch norm: those of training, or of the clips drawn together (MP5, which never calls eval)",
  ),
  classes: z.array(z.string().min(1)).min(1).optional().describe(
    "Categories to draw in turn; absent: all that the model knows",
  ),
  batch: z.int().min(1).default(16).describe("Clips drawn together"),
  shown: z.int().positive().default(16).describe("Clips in the grid of samples"),
  swaps: z.int().min(0).max(8).default(5).describe(
    "Contents, and motions, of which every pair is drawn; 0: none",
  ),
  interpolations: z.int().min(0).default(4).describe(
    "Pairs of contents with the contents between them, one motion each",
  ),
  interpolationSteps: z.int().min(3).default(7).describe("Clips from one content to the other"),
  longFrames: z.int().min(0).default(48).describe(
    "Frames of a few clips that run on beyond the training's length; 0: none",
  ),
  delayMs: z.int().min(20).default(125).describe("Time between the frames of an animation"),
});

export type MocoganSampleParams = z.output<typeof params>;

/**
 * Draws clips from noise: clip i has the i-th content, the i-th motion and, in turn, each category.
 *
 * A clip depends on the seed and on i alone, not on how many are drawn or how they are batched (unless `batchNorm`
 * is "batch", which is why that is a bug). A longer clip begins as the shorter one.
 * Source: Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993.
 */
export const sampleMocogan = defineStage({
  id,
  version: 1,
  summary: "Draw clips from MoCoGAN: samples, swaps of content and motion, contents between",
  params,
  inputs: { weights: "weights" },
  outputs: { clips: "clips", pictures: "media" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal }) {
    const { model, parameters: arrays } = readMocogan(
      id,
      await inputs.weights.load(),
      params.weights,
    );
    const categories = categoriesOf(params, model);
    const frames = params.frames ?? model.network.frames;
    const engine = await createEngine(choice);
    const parameters = toDevice(arrays);
    const draw = async (
      sources: readonly ClipSource[],
      options: { readonly frames: number; readonly progress?: (done: number) => void },
    ) => {
      const sampler = createClipSampler(engine, {
        config: model.network,
        frames: options.frames,
        batchNorm: params.batchNorm === "batch" ? "batch_statistics" : "eval",
        batch: Math.min(params.batch, sources.length),
      });
      try {
        return toUnit(await sampler.draw(parameters, seed, sources, { ...options, signal }));
      } finally {
        sampler.dispose();
      }
    };
    try {
      const sources = Array.from({ length: params.count }, (_, i) => ({
        content: i,
        motion: i,
        category: categories[i % categories.length] ?? 0,
      }));
      const drawn = await draw(sources, {
        frames,
        progress: (step) => progress({ step, of: params.count, message: "clips" }),
      });
      const pictures = await mocoganPictures({
        params,
        model,
        categories,
        frames,
        samples: drawn,
        draw,
      });
      return {
        clips: clipsOf(model, drawn, frames, sources),
        pictures: { items: pictures },
      };
    } finally {
      disposeAll(parameters);
      engine.dispose();
    }
  },
});

/** Indices of the categories to draw; none for a model without. */
function categoriesOf(
  { classes: wanted }: MocoganSampleParams,
  { classes }: MocoganModel,
): readonly number[] {
  if (classes.length === 0 && wanted !== undefined) {
    throw new Error(`Cannot run "${id}": classes are wanted, but the model was trained without`);
  }
  return (wanted ?? classes).map((name) => {
    const index = classes.indexOf(name);
    if (index >= 0) return index;
    throw new Error(
      `Cannot run "${id}": there is no class "${name}"; the model knows ${classes.join(", ")}`,
    );
  });
}

function clipsOf(
  { network, classes, source }: MocoganModel,
  drawn: Float32Array,
  frames: number,
  sources: readonly ClipSource[],
): Clips {
  const { size, channels } = network;
  return {
    frames: toBytes(drawn),
    shape: [sources.length, frames, size, size, channels],
    split: "generated",
    contextFrames: 0,
    samplesPerClip: 1,
    source: `samples of MoCoGAN of ${source}`,
    ...(classes.length > 0
      ? { labels: Int32Array.from(sources, ({ category }) => category), classes }
      : {}),
  };
}
