/** The residual diffusion that an artifact holds. */

import type { Json, NamedArrays, Weights } from "../../artifacts/weights.ts";
import type { Objective } from "../../diffusion/objective.ts";
import type { ResidualModel } from "../../diffusion/residual_rollout.ts";
import type { ScheduleId } from "../../diffusion/schedules/mod.ts";
import type { NextFrameConfig } from "../../models/next_frame.ts";

/** What train/residual_diffusion writes into the config of its weights. */
export interface ResidualDiffusionConfig extends ResidualModel {
  readonly schedule: ScheduleId;
  readonly timesteps: number;
  /** Whether the weights hold a fine-tuned predictor, as `predictor.*`. */
  readonly joint: boolean;
}

export interface Denoiser {
  readonly model: ResidualModel;
  readonly schedule: ScheduleId;
  readonly timesteps: number;
  readonly objective: Objective;
  /** `context.*` and `denoiser.*`. */
  readonly residual: NamedArrays;
  /** Fine-tuned, when it was trained jointly, else the one that is given. */
  readonly predictor: NamedArrays;
}

/**
 * Networks and parameters for sampling.
 * @throws {Error} When the weights are another network's, or were trained on another predictor's frames.
 */
export function readDenoiser(
  stage: string,
  weights: Weights,
  given: { readonly config: NextFrameConfig; readonly parameters: NamedArrays },
  choice: "ema" | "raw",
): Denoiser {
  if (weights.model !== "residual_diffusion") {
    throw new Error(
      `Cannot run "${stage}": input "denoiser" must be weights of "residual_diffusion", but they are ` +
        `of "${weights.model}"`,
    );
  }
  // Written by train/residual_diffusion, and verified by digest on the way here.
  const config = weights.config as Json & ResidualDiffusionConfig;
  const [trainedWith, asked] = [config.predictor, given.config].map((item) => JSON.stringify(item));
  if (trainedWith !== asked) {
    throw new Error(
      `Cannot run "${stage}": the denoiser was trained with a predictor of ${trainedWith}, but input ` +
        `"predictor" is one of ${asked}`,
    );
  }
  const all = choice === "ema" ? weights.ema ?? weights.parameters : weights.parameters;
  const prefix = "predictor.";
  const tuned = Object.entries(all).flatMap(([name, array]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), array] as const] : []
  );
  const { networks, sigma, predictor, schedule, timesteps, objective, joint } = config;
  return {
    model: { networks, sigma, predictor, objective },
    schedule,
    timesteps,
    objective,
    residual: Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith(prefix))),
    predictor: joint ? Object.fromEntries(tuned) : given.parameters,
  };
}
