/** The training loss of Residual Video Diffusion. */

import * as tf from "@tensorflow/tfjs-core";
import { diffuse } from "./forward_process.ts";
import type { LossId } from "./objective.ts";
import {
  denoise,
  type FrameConditions,
  observe,
  type ResidualModel,
  residualOf,
  type ResidualParameters,
  startRollout,
} from "./residual_rollout.ts";

export interface ResidualLossOptions {
  readonly model: ResidualModel;
  readonly loss: LossId;
  /** Frames from the start that only warm the recurrent states; at least 1. */
  readonly warmup: number;
}

/** A batch; `target` counts the frames after the warm-up. A type alias, so that it can pass through `engine.jit`. */
export type ResidualBatch = {
  /** True frames, `[batch, time, height, width, channel]` in [0, 1]. */
  readonly frames: tf.Tensor;
  /** What the networks are shown in place of frame t: truth · frames + (1 − truth) · prediction, `[batch, time]`. */
  readonly truth: tf.Tensor;
  /** Added to what they are shown, same shape as `frames`. */
  readonly disturbance?: tf.Tensor;
  /** Diffusion step of each target, `[target * batch]` float32, all clips of a frame adjacent. */
  readonly timesteps: tf.Tensor;
  /** Of the same rows, `[target * batch, 4]`: see `forwardFactors`. */
  readonly factors: tf.Tensor;
  /** ε, standard normal, `[target * batch, height, width, channel]`. */
  readonly noise: tf.Tensor;
};

/**
 * Mean distance of the denoiser's answer to its target, one value per row: `[target * batch]`.
 *
 * Source: Yang et al. 2022, https://arxiv.org/abs/2203.09481, equation 9 and the official code: the first frames
 * only warm the states; y = (x − μ) / σ is diffused; no other loss shapes μ.
 */
export function residualLoss(
  parameters: ResidualParameters,
  { model, loss, warmup }: ResidualLossOptions,
  batch: ResidualBatch,
): tf.Tensor {
  const [size, time, height, width, channels] = (batch.frames as tf.Tensor5D).shape;
  const frameAt = (all: tf.Tensor, t: number) =>
    tf.reshape(tf.slice(all, [0, t, 0, 0, 0], [size, 1, height, width, channels]), [
      size,
      height,
      width,
      channels,
    ]);
  let state = startRollout(model, { batch: size, height, width });
  let shown = frameAt(batch.frames, 0);
  const targets: tf.Tensor[] = [];
  const conditions: FrameConditions[] = [];
  for (let t = 1; t < time; t++) {
    const step = observe(parameters, model, shown, state);
    state = step.state;
    const truth = frameAt(batch.frames, t);
    if (t >= warmup) {
      targets.push(truth);
      conditions.push(step.conditions);
    }
    if (t === time - 1) break;
    const keep = tf.reshape(tf.slice(batch.truth, [0, t], [size, 1]), [size, 1, 1, 1]);
    const { mean } = step.conditions;
    shown = tf.add(mean, tf.mul(keep, tf.sub(truth, mean)));
    if (batch.disturbance) {
      shown = tf.clipByValue(tf.add(shown, frameAt(batch.disturbance, t)), 0, 1);
    }
  }
  // [target][batch, ...] -> [target * batch, ...]
  const all = stack(conditions);
  const clean = residualOf(tf.concat(targets, 0), all.mean, model.sigma);
  const { x, target } = diffuse(batch.factors, clean, batch.noise);
  const answer = denoise(parameters, model, all, { noisy: x, timesteps: batch.timesteps });
  const difference = tf.sub(answer, target);
  return tf.mean(loss === "l1" ? tf.abs(difference) : tf.square(difference), [1, 2, 3]);
}

function stack(conditions: readonly FrameConditions[]): FrameConditions {
  const joined = (pick: (item: FrameConditions) => tf.Tensor) => tf.concat(conditions.map(pick), 0);
  const levels = Object.keys(conditions[0]?.context ?? {});
  return {
    mean: joined(({ mean }) => mean),
    recent: joined(({ recent }) => recent),
    context: Object.fromEntries(
      levels.map((level) => [level, joined((item) => item.context[level]!)]),
    ),
  };
}
