/** One frame after another: what a predictor expects next, and what the past says about its error. */

import * as tf from "@tensorflow/tfjs-core";
import type { Objective } from "./objective.ts";
import { contextNet, contextStart, type ContextState } from "../models/context_net.ts";
import {
  initialHidden,
  nextFrame,
  type NextFrameConfig,
  type NextFrameHidden,
} from "../models/next_frame.ts";
import { type Parameters, under } from "../models/parameters.ts";
import type { DenoiserInput } from "../models/residual_denoiser.ts";
import {
  denoiser,
  pastOf,
  type ResidualVideoDiffusionConfig,
} from "../models/residual_video_diffusion.ts";

/** The three networks of Residual Video Diffusion, and the scale of what is diffused. */
export interface ResidualModel {
  readonly predictor: NextFrameConfig;
  readonly networks: ResidualVideoDiffusionConfig;
  readonly objective: Objective;
  /** σ of y = (x − μ) / σ, in pixels of range [0, 1]. */
  readonly sigma: number;
}

/** Parameters by network. Type aliases here and below, so that all of it can pass through `engine.jit`. */
export type ResidualParameters = {
  readonly predictor: Parameters;
  /** `context.*` and `denoiser.*`. */
  readonly residual: Parameters;
};

/** All memory of the past. */
export type RolloutState = {
  readonly hidden: NextFrameHidden;
  readonly context: ContextState;
  /** The last frame. */
  readonly last: tf.Tensor;
};

/** What the next frame is drawn from. */
export type FrameConditions = {
  /** μ, the predictor's frame, `[batch, height, width, channel]` in [0, 1]. */
  readonly mean: tf.Tensor;
  readonly context: ContextState;
  /** What the denoiser wants to see of the last two frames. */
  readonly past: Readonly<Record<string, tf.Tensor>>;
};

/** Memory of nothing: what both recurrent networks know before the first frame. */
export function startRollout(
  { predictor, networks }: ResidualModel,
  size: { readonly batch: number; readonly height: number; readonly width: number },
): RolloutState {
  return {
    hidden: initialHidden(predictor, size),
    context: contextStart(networks.context, size),
    last: tf.zeros([size.batch, size.height, size.width, predictor.channels]),
  };
}

/** Takes a frame in, `[batch, height, width, channel]` in [0, 1], true or generated. */
export function observe(
  { predictor, residual }: ResidualParameters,
  model: ResidualModel,
  frame: tf.Tensor,
  state: RolloutState,
): { readonly conditions: FrameConditions; readonly state: RolloutState } {
  const { mean, hidden } = nextFrame(predictor, model.predictor, frame, state.hidden);
  const context = contextNet(
    under(residual, "context"),
    model.networks.context,
    tf.sub(tf.mul(frame, 2), 1),
    state.context,
  );
  return {
    conditions: { mean, context, past: pastOf(model.networks.denoiser, frame, state.last) },
    state: { hidden, context, last: frame },
  };
}

/**
 * What the objective asks for, given a noisy residual.
 *
 * @param moment.noisy x_n, `[batch, height, width, channel]`, in units of σ.
 * @param moment.timesteps Diffusion step of each sample, `[batch]` float32.
 * @param moment.levels √ᾱ and √(1−ᾱ) of each sample, `[batch, 2]`.
 */
export function denoise(
  { residual }: ResidualParameters,
  { networks, objective, sigma }: ResidualModel,
  conditions: FrameConditions,
  moment: Pick<DenoiserInput, "noisy" | "timesteps" | "levels">,
): tf.Tensor {
  const answer = denoiser(under(residual, "denoiser"), networks.denoiser, {
    ...moment,
    sigma,
    ...conditions,
  });
  return networks.denoiser.kind === "compact" ? answerOf(objective, answer, moment) : answer;
}

/** The objective's quantity from the clean residual: ε = (x − s x0) / n, v = (s x − x0) / n. */
function answerOf(
  objective: Objective,
  clean: tf.Tensor,
  { noisy, levels }: Pick<DenoiserInput, "noisy" | "levels">,
): tf.Tensor {
  const level = (i: number) => tf.reshape(tf.slice(levels, [0, i], [-1, 1]), [-1, 1, 1, 1]);
  switch (objective) {
    case "x0":
      return clean;
    case "eps":
      return tf.div(tf.sub(noisy, tf.mul(level(0), clean)), level(1));
    case "v":
      return tf.div(tf.sub(tf.mul(level(0), noisy), clean), level(1));
    default:
      return objective satisfies never;
  }
}

/** y = (x − μ) / σ. Gradients flow through both, so a predictor can learn with the diffusion. */
export function residualOf(frame: tf.Tensor, mean: tf.Tensor, sigma: number): tf.Tensor {
  return tf.mul(tf.sub(frame, mean), 1 / sigma);
}

/** The frame that a residual stands for: μ + σ y, clipped to [0, 1]. */
export function frameOf(residual: tf.Tensor, mean: tf.Tensor, sigma: number): tf.Tensor {
  return tf.clipByValue(tf.add(mean, tf.mul(residual, sigma)), 0, 1);
}
