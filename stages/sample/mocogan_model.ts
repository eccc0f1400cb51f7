/** The MoCoGAN that an artifact holds. */

import type { Json, NamedArrays, Weights } from "../../artifacts/weights.ts";
import type { MocoganConfig } from "../../models/mocogan/config.ts";

/** What train/mocogan writes into the config of its weights. */
export interface MocoganModel {
  readonly network: MocoganConfig;
  /** Names of the categories; empty where there are none. */
  readonly classes: readonly string[];
  /** What it was trained on, for people. */
  readonly source: string;
}

export const MOCOGAN = "mocogan";

/**
 * Model and the generator's parameters and running statistics.
 * @param choice The average of parameters, where training kept one, or those of the last step.
 * @throws {Error} When the weights are another network's.
 */
export function readMocogan(
  stage: string,
  weights: Weights,
  choice: "ema" | "raw",
): { readonly model: MocoganModel; readonly parameters: NamedArrays } {
  if (weights.model !== MOCOGAN) {
    throw new Error(
      `Cannot run "${stage}": input "weights" must be of "${MOCOGAN}", but they are of "${weights.model}"`,
    );
  }
  return {
    // Written by train/mocogan, and verified by digest on the way here.
    model: weights.config as Json & MocoganModel,
    parameters: choice === "ema" ? weights.ema ?? weights.parameters : weights.parameters,
  };
}
