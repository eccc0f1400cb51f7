/** The next-frame predictor that an artifact holds. */

import type { Json, NamedArrays, Weights } from "../../artifacts/weights.ts";
import type { NextFrameConfig } from "../../models/next_frame.ts";

/**
 * Its network and its best parameters: the average of them, where training kept one.
 * @throws {Error} When the weights are another network's, or made for another number of channels.
 */
export function readPredictor(
  stage: string,
  weights: Weights,
  channels: number,
): { readonly config: NextFrameConfig; readonly parameters: NamedArrays } {
  if (weights.model !== "next_frame") {
    throw new Error(
      `Cannot run "${stage}": input "predictor" must be weights of "next_frame", but they are of ` +
        `"${weights.model}"`,
    );
  }
  // Written by train/next_frame, and verified by digest on the way here.
  const config = weights.config as Json & NextFrameConfig;
  if (config.channels !== channels) {
    throw new Error(
      `Cannot run "${stage}": the clips have ${channels} channels, but the predictor was trained on ` +
        `${config.channels}`,
    );
  }
  return { config, parameters: weights.ema ?? weights.parameters };
}
