/** Draws videos frame by frame: prediction, then reverse diffusion of its residual. */

import * as tf from "@tensorflow/tfjs-core";
import type { Clips } from "../../artifacts/clips.ts";
import { samplerStep, stepFactors } from "../../diffusion/sampler_step.ts";
import type { SamplerStep } from "../../diffusion/samplers/sampler.ts";
import {
  denoise,
  type FrameConditions,
  frameOf,
  observe,
  type ResidualModel,
  type ResidualParameters,
  type RolloutState,
  startRollout,
} from "../../diffusion/residual_rollout.ts";
import type { Engine } from "../../engine/engine.ts";
import { deriveSeed, normals, Stream } from "../../numerics/random.ts";
import { disposeAll } from "../../training/host_tensor.ts";

export interface RollOutOptions {
  readonly model: ResidualModel;
  readonly parameters: ResidualParameters;
  readonly steps: readonly SamplerStep[];
  /** Largest |x̂0| during the reverse diffusion, in units of σ; null clips nothing. */
  readonly clip: number | null;
  readonly seed: bigint;
  readonly samplesPerClip: number;
  /** Rows computed together; changes nothing but the speed. */
  readonly batch: number;
  readonly signal?: AbortSignal;
  /** Frames done and to do, over all batches. */
  readonly progress?: (done: number, of: number) => void;
}

/** One sample of one clip. */
interface Row {
  readonly clip: number;
  readonly sample: number;
}

/**
 * Shows the context frames of each clip and draws the rest, each from the frames drawn before; the truth after
 * the context is never read.
 *
 * A sample's noise is keyed by its clip and its number, so it does not depend on how rows are batched.
 * @returns `[clip * samplesPerClip, time, height, width, channel]` in [0, 1], samples of a clip adjacent.
 */
export async function rollOut(
  engine: Engine,
  clips: Clips,
  options: RollOutOptions,
): Promise<Float32Array> {
  const { samplesPerClip, batch } = options;
  const [count, time, height, width, channels] = clips.shape;
  const size = height * width * channels;
  const result = new Float32Array(count * samplesPerClip * time * size);
  const rows = Array.from({ length: count * samplesPerClip }, (_, i): Row => ({
    clip: Math.floor(i / samplesPerClip),
    sample: i % samplesPerClip,
  }));
  const programs = compile(engine, options);
  const total = Math.ceil(rows.length / batch) * (time - clips.contextFrames);
  let done = 0;
  try {
    for (let first = 0; first < rows.length; first += batch) {
      const real = rows.slice(first, first + batch);
      // The programs have a fixed batch: the last one is filled up with its last row.
      const filled = Array.from({ length: batch }, (_, i) => real[Math.min(i, real.length - 1)]!);
      await drawBatch(programs, clips, options, filled, (t, frames) => {
        for (const i of real.keys()) {
          result.set(frames.subarray(i * size, (i + 1) * size), ((first + i) * time + t) * size);
        }
        if (t >= clips.contextFrames) options.progress?.(++done, total);
      });
    }
  } finally {
    programs.dispose();
  }
  return result;
}

function compile(engine: Engine, { model, clip }: RollOutOptions) {
  const observed = engine.jit(
    (parameters: ResidualParameters, frame: tf.Tensor, state: RolloutState) =>
      observe(parameters, model, frame, state),
    { name: "observe a frame", donate: [2] },
  );
  const denoised = engine.jit(
    (
      parameters: ResidualParameters,
      conditions: FrameConditions,
      moment: { readonly x: tf.Tensor; readonly previousX0: tf.Tensor },
      given: {
        readonly factors: tf.Tensor;
        readonly timesteps: tf.Tensor;
        readonly levels: tf.Tensor;
        readonly noise: tf.Tensor;
      },
    ) => {
      const { timesteps, levels, noise } = given;
      const output = denoise(parameters, model, conditions, { noisy: moment.x, timesteps, levels });
      const tensors = { ...moment, output, noise };
      return samplerStep(given.factors as tf.Tensor1D, tensors, { clip });
    },
    { name: "reverse diffusion", donate: [2] },
  );
  const finished = engine.jit(
    (residual: tf.Tensor, mean: tf.Tensor) => frameOf(residual, mean, model.sigma),
    { name: "finish a frame" },
  );
  return {
    observed,
    denoised,
    finished,
    dispose() {
      for (const program of [observed, denoised, finished]) program.dispose();
    },
  };
}

/** Draws one batch; `take` gets each frame, `[batch, height, width, channel]`, given ones too. */
async function drawBatch(
  programs: ReturnType<typeof compile>,
  clips: Clips,
  options: RollOutOptions,
  rows: readonly Row[],
  take: (t: number, frames: Float32Array) => void,
): Promise<void> {
  const [, time, height, width, channels] = clips.shape;
  const shape = [rows.length, height, width, channels];
  const { model, parameters, signal } = options;
  let state = startRollout(model, { batch: rows.length, height, width });
  let conditions: FrameConditions | undefined;
  for (let t = 0; t < time; t++) {
    signal?.throwIfAborted();
    const frame = t < clips.contextFrames || conditions === undefined
      ? tf.tensor(givenFrame(clips, rows, t), shape)
      : await drawFrame(programs, options, conditions, rows, t);
    take(t, Float32Array.from(await frame.data()));
    disposeAll(conditions);
    const next = await programs.observed(parameters, frame, state);
    frame.dispose();
    ({ state, conditions } = next);
  }
  disposeAll(state);
  disposeAll(conditions);
}

/** Reverse diffusion of one frame's residual. */
async function drawFrame(
  { denoised, finished }: ReturnType<typeof compile>,
  { parameters, steps, seed }: RollOutOptions,
  conditions: FrameConditions,
  rows: readonly Row[],
  t: number,
): Promise<tf.Tensor> {
  const shape = conditions.mean.shape;
  const size = shape.slice(1).reduce((product, n) => product * n, 1);
  /** Standard normals of the k-th draw for this frame. */
  const noiseOf = (k: number) => {
    const all = new Float32Array(rows.length * size);
    for (const [i, { clip, sample }] of rows.entries()) {
      const own = deriveSeed(seed, `sample ${sample}`);
      const step = t * (steps.length + 1) + k;
      all.set(normals({ seed: own, stream: Stream.sampling, step, lane: clip }, size), i * size);
    }
    return tf.tensor(all, shape);
  };
  let x = noiseOf(0);
  let previousX0: tf.Tensor = tf.zeros(shape);
  for (const [k, step] of steps.entries()) {
    const given = {
      factors: tf.tensor1d(stepFactors(step)),
      timesteps: tf.fill([rows.length], step.timestep),
      levels: tf.tensor2d(rows.flatMap(() => [step.level.signal, step.level.noise]), [
        rows.length,
        2,
      ]),
      noise: step.next.noise === 0 ? tf.zeros(shape) : noiseOf(k + 1),
    };
    const moved = await denoised(parameters, conditions, { x, previousX0 }, given);
    disposeAll(given);
    x = moved.next;
    previousX0 = moved.x0;
  }
  const frame = await finished(x, conditions.mean);
  x.dispose();
  previousX0.dispose();
  return frame;
}

/** The true frame t of each row's clip, in [0, 1]. */
function givenFrame({ frames, shape }: Clips, rows: readonly Row[], t: number): Float32Array {
  const [, time, height, width, channels] = shape;
  const size = height * width * channels;
  const scale = frames instanceof Uint8Array ? 1 / 255 : 1;
  const result = new Float32Array(rows.length * size);
  for (const [i, { clip }] of rows.entries()) {
    const from = (clip * time + t) * size;
    for (let j = 0; j < size; j++) result[i * size + j] = frames[from + j]! * scale;
  }
  return result;
}
