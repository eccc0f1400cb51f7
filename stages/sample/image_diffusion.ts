/** The image diffusion that an artifact holds. */

import type { Json, NamedArrays, Weights } from "../../artifacts/weights.ts";
import { buildSchedule, type ScheduleChoice } from "../../diffusion/build_schedule.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { Objective } from "../../diffusion/objective.ts";
import type { ImageDenoiserConfig } from "../../models/image_denoiser.ts";

/** What train/ddpm writes into the config of its weights. */
export interface ImageDiffusionConfig {
  readonly network: ImageDenoiserConfig;
  readonly height: number;
  readonly width: number;
  readonly schedule: ScheduleChoice;
  readonly objective: Objective;
  /** Whether the network says the variance of each pixel too. */
  readonly variance: "fixed" | "learned";
  /** Names of the classes it was trained with; empty without conditioning. */
  readonly classes: readonly string[];
  /** What it was trained on, for people. */
  readonly source: string;
}

/** A diffusion model of images, ready to draw from. */
export interface ImageDiffusion extends Omit<ImageDiffusionConfig, "schedule"> {
  readonly schedule: NoiseSchedule;
}

export const IMAGE_DIFFUSION = "image_diffusion";

/** The tables that a config stands for. */
export function imageDiffusion(config: ImageDiffusionConfig): ImageDiffusion {
  return { ...config, schedule: buildSchedule(config.schedule) };
}

/**
 * Model and parameters for sampling.
 * @param choice The average of parameters, where training kept one, or those of the last step.
 * @throws {Error} When the weights are another network's.
 */
export function readImageDiffusion(
  stage: string,
  weights: Weights,
  choice: "ema" | "raw",
): { readonly diffusion: ImageDiffusion; readonly parameters: NamedArrays } {
  if (weights.model !== IMAGE_DIFFUSION) {
    throw new Error(
      `Cannot run "${stage}": input "weights" must be of "${IMAGE_DIFFUSION}", but they are of ` +
        `"${weights.model}"`,
    );
  }
  // Written by train/ddpm, and verified by digest on the way here.
  const config = weights.config as Json & ImageDiffusionConfig;
  const parameters = choice === "ema" ? weights.ema ?? weights.parameters : weights.parameters;
  return { diffusion: imageDiffusion(config), parameters };
}
