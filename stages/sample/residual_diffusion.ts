/** Sampling with Residual Video Diffusion. */

import { z } from "zod";
import { type AnimatedRow, animateRows } from "../../artifacts/animate_rows.ts";
import type { Clips } from "../../artifacts/clips.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import { buildSchedule } from "../../diffusion/build_schedule.ts";
import { chooseSampler, samplerIds } from "../../diffusion/choose_sampler.ts";
import { fixedVarianceIds } from "../../diffusion/log_variance.ts";
import { spacingIds } from "../../diffusion/timestep_spacing.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";
import { createClipPredictor } from "./predict_clips.ts";
import { readPredictor } from "./read_predictor.ts";
import { type Denoiser, readDenoiser } from "./read_denoiser.ts";
import { rollOut } from "./roll_out.ts";

const id = "sample/residual_diffusion";

const params = z.strictObject({
  samplesPerClip: z.int().positive().default(1).describe("Samples drawn for each clip"),
  sampler: z.enum(samplerIds).default("ddim").describe("Reverse process"),
  steps: z.int().positive().default(10).describe("Diffusion steps visited for each frame"),
  spacing: z.enum(spacingIds).default("trailing").describe("Which diffusion steps are visited"),
  eta: z.number().min(0).max(1).default(0).describe("DDIM: share of fresh noise"),
  variance: z.enum(fixedVarianceIds).default("small").describe("Ancestral: variance of a step"),
  clip: z.number().positive().nullable().default(1).describe(
    "Largest residual during reverse diffusion, in pixels of range [0, 1], or null",
  ),
  weights: z.enum(["ema", "raw"]).default("ema").describe(
    "Averaged parameters, where training kept them, or those of the last step",
  ),
  batch: z.int().positive().default(64).describe("Samples drawn together"),
  rows: z.int().min(0).default(6).describe("Clips shown as animated rows"),
  rowSamples: z.int().positive().default(2).describe("Samples shown in each row"),
  rowScale: z.int().positive().default(2).describe("Screen pixels per pixel"),
  delayMs: z.int().positive().default(150).describe("Time between the frames of an animation"),
});

type Params = z.output<typeof params>;

/**
 * Draws the frames after the context, each as clip(μ + σ y, 0, 1) with y from the reverse diffusion, fed back to
 * predictor and context net. Beside the samples, what the predictor alone would have shown.
 *
 * Source: Yang et al. 2022, https://arxiv.org/abs/2203.09481, algorithm 2.
 */
export const sampleResidualDiffusion = defineStage({
  id,
  version: 1,
  summary: "Continue clips with a next-frame predictor corrected by diffusion of its residual",
  params,
  ignored: ["batch"],
  inputs: { clips: "clips", predictor: "weights", denoiser: "weights" },
  outputs: { clips: "clips", predictions: "clips", rows: "media" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal }) {
    const truth = await inputs.clips.load();
    requireFuture(truth);
    const alone = readPredictor(id, await inputs.predictor.load(), truth.shape[4]);
    const denoiser = readDenoiser(id, await inputs.denoiser.load(), alone, params.weights);
    const rows = truth.shape[0] * params.samplesPerClip;
    const batch = Math.min(params.batch, rows);
    const engine = await createEngine(choice);
    const device = {
      alone: toDevice(alone.parameters),
      predictor: toDevice(denoiser.predictor),
      residual: toDevice(denoiser.residual),
    };
    try {
      const generated = await rollOut(engine, truth, {
        model: denoiser.model,
        parameters: device,
        steps: samplerSteps(params, denoiser),
        clip: params.clip === null ? null : params.clip / denoiser.model.sigma,
        seed,
        samplesPerClip: params.samplesPerClip,
        batch,
        signal,
        progress: (step, of) => progress({ step, of, message: "frames drawn" }),
      });
      const single = createClipPredictor(engine, alone.config, {
        batch: Math.min(batch, truth.shape[0]),
        signal,
      });
      const predicted = await single.predict(device.alone, truth);
      single.dispose();
      const clips = generatedClips(truth, generated, params.samplesPerClip, "samples");
      const predictions = generatedClips(truth, predicted, 1, "next-frame prediction");
      return { clips, predictions, rows: { items: animate(truth, clips, predictions, params) } };
    } finally {
      for (const tensors of Object.values(device)) disposeAll(tensors);
      engine.dispose();
    }
  },
});

function requireFuture({ contextFrames, shape, source }: Clips): void {
  if (contextFrames >= 1 && contextFrames < shape[1]) return;
  throw new Error(
    `Cannot run "${id}": clips must show 1 to ${shape[1] - 1} of ${
      shape[1]
    } frames as context, but ` +
      `"${source}" shows ${contextFrames}`,
  );
}

function samplerSteps(params: Params, denoiser: Denoiser) {
  return chooseSampler(
    { ...params, rederiveNoise: true },
    buildSchedule({ ...denoiser, zeroTerminalSnr: false }),
    denoiser.objective,
  );
}

/** As uint8, the precision of video: rounding adds 1e-6 to a mean squared error. */
function generatedClips(
  truth: Clips,
  frames: Float32Array,
  samplesPerClip: number,
  what: string,
): Clips {
  const [count, ...rest] = truth.shape;
  return {
    frames: Uint8Array.from(frames, (value) => Math.round(value * 255)),
    shape: [count * samplesPerClip, ...rest],
    split: "generated",
    contextFrames: truth.contextFrames,
    samplesPerClip,
    source: `${what} of ${truth.source}`,
  };
}

/** Per clip: truth, next-frame prediction, samples. */
function animate(
  truth: Clips,
  samples: Clips,
  predictions: Clips,
  { rows, rowSamples, rowScale, delayMs, samplesPerClip }: Params,
): MediaItem[] {
  const shown = Math.min(rowSamples, samplesPerClip);
  const groups = Array.from({ length: Math.min(rows, truth.shape[0]) }, (_, clip) => ({
    name: `clip_${clip}`,
    caption: `Test clip ${clip}: ${truth.contextFrames} frames given, ${
      truth.shape[1] - truth.contextFrames
    } predicted`,
    rows: [
      row("truth", truth, clip, truth.shape[1]),
      row("next-frame prediction", predictions, clip, truth.contextFrames),
      ...Array.from({ length: shown }, (_, i) =>
        row(
          shown === 1 ? "residual-corrected sample" : `residual-corrected sample ${i + 1}`,
          samples,
          clip * samplesPerClip + i,
          truth.contextFrames,
        )),
    ],
  }));
  return groups.length === 0 ? [] : animateRows(groups, { scale: rowScale, delayMs });
}

function row(label: string, clips: Clips, clip: number, contextFrames: number): AnimatedRow {
  const [, ...shape] = clips.shape;
  const size = shape.reduce((product, n) => product * n, 1);
  const own = clips.frames.subarray(clip * size, (clip + 1) * size);
  const frames = own instanceof Uint8Array ? Float32Array.from(own, (v) => v / 255) : own;
  return { label, frames, shape, contextFrames };
}
