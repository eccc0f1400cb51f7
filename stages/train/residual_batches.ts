/** What one training step of the residual diffusion sees. */

import type { Clips } from "../../artifacts/clips.ts";
import { forwardFactors } from "../../diffusion/forward_process.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { Objective } from "../../diffusion/objective.ts";
import { integers, normals, Stream, uniforms } from "../../numerics/random.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { clipBatches } from "./clip_batches.ts";

export interface ResidualBatchOptions {
  readonly schedule: NoiseSchedule;
  readonly objective: Objective;
  /** Weight of the loss at each diffusion step; absent, all are 1. */
  readonly weights?: Float64Array;
  /** Clips of a step. */
  readonly batch: number;
  /** Length of the window cut from each clip. */
  readonly frames: number;
  /** Frames from the start of a window that only warm the recurrent states. */
  readonly warmup: number;
  /** Whether the targets of a clip share their diffusion step. */
  readonly stepPerClip: boolean;
  /** Share of clips that see the predictor's own frames after the warm-up. */
  readonly freeRunning: number;
  /** Largest standard deviation of the noise on the frames that the networks are shown. */
  readonly contextNoise: number;
}

/** Batches for `residualLoss`, pure in (seed, step). */
export function residualBatches(
  clips: Clips,
  seed: bigint,
  options: ResidualBatchOptions,
): (step: number) => Record<string, HostTensor> {
  const { schedule, objective, weights, batch, frames, warmup, contextNoise } = options;
  const [, , height, width, channels] = clips.shape;
  const size = height * width * channels;
  const targets = frames - warmup;
  const draw = clipBatches(clips, seed);
  return (step) => {
    const timesteps = drawTimesteps(options, seed, step);
    const rows = targets * batch;
    return {
      ...draw({ step, seen: step * batch, batch, frames }),
      ...(contextNoise > 0 ? disturbances(step) : {}),
      truth: { shape: [batch, frames], data: truthMask(options, seed, step) },
      timesteps: { shape: [rows], data: Float32Array.from(timesteps) },
      factors: { shape: [rows, 4], data: forwardFactors(schedule, objective, timesteps) },
      ...(weights
        ? { weights: { shape: [rows], data: Float32Array.from(timesteps, (t) => weights[t]!) } }
        : {}),
      noise: {
        shape: [rows, height, width, channels],
        data: normals({ seed, stream: Stream.noise, step }, rows * size),
      },
    };
  };

  /** Gaussian noise on shown frames, of one level per clip, so that training meets imperfect pasts. */
  function disturbances(step: number): Record<string, HostTensor> {
    const levels = uniforms({ seed, stream: Stream.dropout, step }, batch);
    return Object.fromEntries(
      Array.from({ length: frames - 1 }, (_, t) => {
        const draw = { seed, stream: Stream.dropout, step, lane: t + 1 };
        const data = normals(draw, batch * size).map((z, i) =>
          z * contextNoise * levels[Math.floor(i / size)]!
        );
        return [`disturbance${t}`, { shape: [batch, height, width, channels], data }];
      }),
    );
  }
}

/** The batch of one frame is adjacent: row = target * batch + clip. */
function drawTimesteps(
  { schedule, batch, frames, warmup, stepPerClip }: ResidualBatchOptions,
  seed: bigint,
  step: number,
): Int32Array {
  const rows = (frames - warmup) * batch;
  const drawn = integers(
    { seed, stream: Stream.timestep, step },
    stepPerClip ? batch : rows,
    schedule.steps,
  );
  return Int32Array.from({ length: rows }, (_, row) => drawn[stepPerClip ? row % batch : row]!);
}

/** `[batch, frames]` of 0 and 1: 0 where a clip is shown the prediction in place of the truth. */
function truthMask(
  { batch, frames, warmup, freeRunning }: ResidualBatchOptions,
  seed: bigint,
  step: number,
): Float32Array {
  const drawn = uniforms({ seed, stream: Stream.teacherForcing, step }, batch);
  return Float32Array.from({ length: batch * frames }, (_, i) => {
    const isFree = drawn[Math.floor(i / frames)]! < freeRunning;
    return isFree && i % frames >= warmup ? 0 : 1;
  });
}
