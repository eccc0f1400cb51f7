/** Sampling with Stochastic Video Generation. */

import { z } from "zod";
import type { Clips } from "../../artifacts/clips.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { permutation, Stream } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";
import { readSvg, requireFuture } from "./read_svg.ts";
import { createSvgSampler } from "./svg_rollout.ts";
import { svgRows } from "./svg_rows.ts";

const id = "sample/svg";

const params = z.strictObject({
  samplesPerClip: z.int().positive().default(20).describe("Samples drawn for each clip"),
  batchNorm: z.enum(["running", "batch"]).default("running").describe(
    "Statistics of batch norm: those of training, or, as the published code does, of the samples drawn together",
  ),
  conditions: z.enum(["true", "shuffled"]).default("true").describe(
    "Whose actions a conditional model is given: each clip's own, or another clip's, to see whether they matter",
  ),
  weights: z.enum(["ema", "raw"]).default("ema").describe(
    "Averaged parameters, where training kept them, or those of the last step",
  ),
  batch: z.int().positive().default(64).describe("Samples drawn together"),
  rows: z.int().min(0).default(6).describe("Clips shown as animated rows"),
  rowSamples: z.int().positive().default(2).describe("Random samples shown in each row"),
  rowScale: z.int().positive().default(2).describe("Screen pixels per pixel"),
  delayMs: z.int().positive().default(150).describe("Time between the frames of an animation"),
});

type Params = z.output<typeof params>;

/**
 * Draws the frames after the context: z from the posterior while there is truth to look at, from the prior after
 * it, each frame fed back to the encoder. Beside the samples, `predictions`: one clip each, with every latent
 * variable at its mean.
 *
 * Sample k of clip i depends on the seed, i and k alone (unless `batchNorm` is "batch").
 * Source: Denton & Fergus 2018, https://arxiv.org/abs/1802.07687.
 */
export const sampleSvg = defineStage({
  id,
  version: 1,
  summary: "Draw futures of clips with Stochastic Video Generation",
  params,
  inputs: { clips: "clips", weights: "weights" },
  outputs: { clips: "clips", predictions: "clips", rows: "media" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal }) {
    const truth = await inputs.clips.load();
    requireFuture(id, truth);
    const { config, parameters: arrays } = readSvg(
      id,
      await inputs.weights.load(),
      truth,
      params.weights,
    );
    const conditionsOf = params.conditions === "shuffled"
      ? othersOf(truth, config.conditions, seed)
      : undefined;
    const drawing = {
      clips: truth,
      seed,
      signal,
      ...(conditionsOf ? { conditionsOf } : {}),
    };
    const engine = await createEngine(choice);
    const sampler = createSvgSampler(engine, config, {
      batch: Math.min(params.batch, truth.shape[0] * params.samplesPerClip),
      batchNorm: params.batchNorm === "batch" ? "batch_statistics" : "eval",
    });
    const parameters = toDevice(arrays);
    try {
      const drawn = await sampler.draw(parameters, {
        ...drawing,
        samplesPerClip: params.samplesPerClip,
        latents: "drawn",
        progress: (step, of) => progress({ step, of, message: "frames drawn" }),
      });
      const predicted = await sampler.draw(parameters, {
        ...drawing,
        samplesPerClip: 1,
        latents: "mean",
      });
      const clips = generatedClips(truth, drawn, params, "samples");
      const predictions = generatedClips(
        truth,
        predicted,
        { ...params, samplesPerClip: 1 },
        "prediction by mean latents",
      );
      const items = svgRows(truth, clips, predictions, { ...params, seed });
      return { clips, predictions, rows: { items } };
    } finally {
      disposeAll(parameters);
      sampler.dispose();
      engine.dispose();
    }
  },
});

/**
 * For each clip another one, all of them different: the clips in a random circle, each given its successor's.
 * @throws {Error} When there is nothing to shuffle.
 */
function othersOf({ shape, source }: Clips, size: number, seed: bigint): Int32Array {
  const [count] = shape;
  if (size === 0 || count < 2) {
    const found = size === 0 ? "the network has no conditions" : `"${source}" has one clip`;
    throw new Error(
      `Cannot run "${id}": conditions "shuffled" needs a conditional network and two clips, but ${found}`,
    );
  }
  const circle = permutation({ seed, stream: Stream.selection, step: 1 }, count);
  const others = new Int32Array(count);
  circle.forEach((clip, i) => others[clip] = circle[(i + 1) % count]!);
  return others;
}

/** As uint8, the precision of video: rounding adds 1e-6 to a mean squared error. */
function generatedClips(
  truth: Clips,
  frames: Float32Array,
  { samplesPerClip, conditions }: Pick<Params, "samplesPerClip" | "conditions">,
  what: string,
): Clips {
  const [count, ...rest] = truth.shape;
  const given = conditions === "shuffled" ? " with the conditions of other clips" : "";
  return {
    frames: Uint8Array.from(frames, (value) => Math.round(value * 255)),
    shape: [count * samplesPerClip, ...rest],
    split: "generated",
    contextFrames: truth.contextFrames,
    samplesPerClip,
    source: `${what} of ${truth.source}${given}`,
  };
}
