import type { Clips } from "../../artifacts/clips.ts";
import type { Weights } from "../../artifacts/weights.ts";
import { nextFrameParameters } from "../../models/next_frame.ts";
import { nextFramePreset } from "../../models/next_frame_presets.ts";
import { makeClips } from "../../stages/dataset/moving_mnist.ts";
import { sampleResidualDiffusion } from "../../stages/sample/residual_diffusion.ts";
import { trainResidualDiffusion } from "../../stages/train/residual_diffusion.ts";
import { initialise } from "../../training/initialise.ts";
import { MemoryCheckpoint } from "../support/memory_checkpoint.ts";

/** Clips of one bar that moves on 32x32 pixels. */
export function barClips(split: "train" | "validation" | "test", count = 2, frames = 4): Clips {
  const rule = {
    digits: 1,
    motion: "deterministic",
    frames,
    contextFrames: 2,
    size: 32,
    digitSize: 28,
    train: count,
    validation: count,
    test: count,
  } as const;
  const bar = Uint8Array.from({ length: 28 * 28 }, (_, i) => i % 28 > 9 && i % 28 < 18 ? 255 : 0);
  return makeClips(split, rule, { pool: [bar], seed: 1n });
}

/** A fresh predictor: one level, because the JavaScript backend is slow. */
export function freshPredictor(): Weights {
  const config = { ...nextFramePreset("tiny", 1), widths: [16] };
  const parameters = initialise(nextFrameParameters(config), 4n);
  return { model: "next_frame", config: { ...config }, parameters, step: 0 };
}

const input = <Value>(value: Value) => ({ digest: "", load: () => Promise.resolve(value) });

const surroundings = () => ({
  seed: 3n,
  engine: { backend: "cpu", threads: 1 } as const,
  progress: () => {},
  preview: () => {},
  checkpoint: new MemoryCheckpoint(),
  signal: new AbortController().signal,
  openFile: () => Promise.reject(new Error("no file is expected to be opened")),
  openFolder: () => Promise.reject(new Error("no folder is expected to be opened")),
});

export type TrainParams = Partial<Parameters<typeof trainResidualDiffusion.run>[0]["params"]>;

/** Trains the tiny networks. */
export function trainTiny(
  params: TrainParams,
  inputs: {
    clips?: Clips;
    validation?: Clips;
    predictor?: Weights;
    warn?: (text: string) => void;
  } = {},
) {
  return trainResidualDiffusion.run({
    ...surroundings(),
    warn: inputs.warn ?? (() => {}),
    params: trainResidualDiffusion.params.parse({ preset: "tiny", batch: 2, ...params }),
    inputs: {
      clips: input(inputs.clips ?? barClips("train")),
      predictor: input(inputs.predictor ?? freshPredictor()),
      validation: inputs.validation && input(inputs.validation),
    },
  });
}

export type SampleParams = Partial<Parameters<typeof sampleResidualDiffusion.run>[0]["params"]>;

export function sampleTiny(
  params: SampleParams,
  inputs: { denoiser: Weights; clips?: Clips; predictor?: Weights; backend?: "onnx" | "cpu" },
) {
  return sampleResidualDiffusion.run({
    ...surroundings(),
    engine: { backend: inputs.backend ?? "cpu", threads: 1 },
    warn: () => {},
    params: sampleResidualDiffusion.params.parse({ steps: 2, rows: 0, ...params }),
    inputs: {
      clips: input(inputs.clips ?? barClips("test")),
      predictor: input(inputs.predictor ?? freshPredictor()),
      denoiser: input(inputs.denoiser),
    },
  });
}
