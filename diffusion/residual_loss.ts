/** The training loss of Residual Video Diffusion. */

import * as tf from "@tensorflow/tfjs-core";
import { diffuse } from "./forward_process.ts";
import { elementLoss, type LossId } from "./objective.ts";
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

/**
 * A batch by name, all float32; a target is a frame after the warm-up:
 *
 * - `frame0`, `frame1`, ...: true frames, `[batch, height, width, channel]` in [0, 1];
 * - `truth` `[batch, time]`: the networks are shown truth · frame + (1 − truth) · their prediction of it;
 * - `disturbance1`, ... (optional): added to what they are shown, in the shape of a frame;
 * - `timesteps` `[target * batch]`: diffusion step of each target, the batch of one frame adjacent;
 * - `factors` `[target * batch, 4]`: of the same rows, see `forwardFactors`;
 * - `noise` `[target * batch, height, width, channel]`: ε, standard normal;
 * - `weights` `[target * batch]` (optional): of the rows, see `lossWeights`; absent, all are 1.
 */
export type ResidualBatch = Readonly<Record<string, tf.Tensor>>;

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
  const { truth, timesteps, factors, noise, weights } = batch;
  const time = truth!.shape[1]!;
  const frame = (t: number) => batch[`frame${t}`] as tf.Tensor4D;
  const [size, height, width] = frame(0).shape;
  let state = startRollout(model, { batch: size, height, width });
  let shown: tf.Tensor = frame(0);
  const targets: tf.Tensor[] = [];
  const conditions: FrameConditions[] = [];
  for (let t = 1; t < time; t++) {
    const step = observe(parameters, model, shown, state);
    state = step.state;
    if (t >= warmup) {
      targets.push(frame(t));
      conditions.push(step.conditions);
    }
    if (t === time - 1) break;
    const keep = tf.reshape(tf.slice(truth!, [0, t], [size, 1]), [size, 1, 1, 1]);
    const { mean } = step.conditions;
    shown = tf.add(mean, tf.mul(keep, tf.sub(frame(t), mean)));
    const disturbance = batch[`disturbance${t}`];
    if (disturbance) shown = tf.clipByValue(tf.add(shown, disturbance), 0, 1);
  }
  // [target][batch, ...] -> [target * batch, ...]
  const all = stack(conditions);
  const clean = residualOf(tf.concat(targets, 0), all.mean, model.sigma);
  const { x, target } = diffuse(factors!, clean, noise!);
  const answer = denoise(parameters, model, all, {
    noisy: x,
    timesteps: timesteps!,
    levels: tf.slice(factors!, [0, 0], [-1, 2]),
  });
  const losses = tf.mean(elementLoss(loss, answer, target), [1, 2, 3]);
  return weights ? tf.mul(weights, losses) : losses;
}

function stack(conditions: readonly FrameConditions[]): FrameConditions {
  const joined = (pick: (item: FrameConditions) => tf.Tensor) => tf.concat(conditions.map(pick), 0);
  const joinedRecord = (pick: (item: FrameConditions) => Readonly<Record<string, tf.Tensor>>) =>
    Object.fromEntries(
      Object.keys(pick(conditions[0]!)).map((name) => [name, joined((item) => pick(item)[name]!)]),
    );
  return {
    mean: joined(({ mean }) => mean),
    context: joinedRecord(({ context }) => context),
    past: joinedRecord(({ past }) => past),
  };
}
