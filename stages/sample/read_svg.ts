/** The Stochastic Video Generation that an artifact holds. */

import type { Clips } from "../../artifacts/clips.ts";
import type { Json, NamedArrays, Weights } from "../../artifacts/weights.ts";
import type { SvgConfig } from "../../models/svg/svg.ts";

/** `model` of its weights. */
export const SVG_MODEL = "svg";

/**
 * Its network, and its parameters with running statistics.
 * @throws {Error} When the weights are another network's, or made for clips of another kind.
 */
export function readSvg(
  stage: string,
  weights: Weights,
  clips: Clips,
  choice: "ema" | "raw",
): { readonly config: SvgConfig; readonly parameters: NamedArrays } {
  if (weights.model !== SVG_MODEL) {
    throw new Error(
      `Cannot run "${stage}": input "weights" must be weights of "${SVG_MODEL}", but they are of ` +
        `"${weights.model}"`,
    );
  }
  // Written by train/svg, and verified by digest on the way here.
  const config = weights.config as Json & SvgConfig;
  requireFitting(stage, config, clips);
  const parameters = choice === "ema" ? weights.ema ?? weights.parameters : weights.parameters;
  return { config, parameters };
}

/** @throws {Error} When clips have other frames than the network, or not the conditions that it expects. */
export function requireFitting(stage: string, config: SvgConfig, clips: Clips): void {
  const [, , height, width, channels] = clips.shape;
  const { frames } = config;
  const [wanted, found] = [[frames.height, frames.width, frames.channels], [
    height,
    width,
    channels,
  ]].map((sizes) => sizes.join("x"));
  if (wanted !== found) {
    throw new Error(
      `Cannot run "${stage}": the network was made for frames of ${wanted}, but "${clips.source}" has ` +
        `frames of ${found}`,
    );
  }
  const size = clips.conditionSize ?? 0;
  if (config.conditions > 0 && size !== config.conditions) {
    throw new Error(
      `Cannot run "${stage}": the network expects ${config.conditions} conditions beside each frame, but ` +
        `"${clips.source}" has ${size}`,
    );
  }
}

/** @throws {Error} When clips have no context, or nothing after it. */
export function requireFuture(stage: string, { contextFrames, shape, source }: Clips): void {
  if (contextFrames >= 1 && contextFrames < shape[1]) return;
  throw new Error(
    `Cannot run "${stage}": clips must show 1 to ${shape[1] - 1} of ${
      shape[1]
    } frames as context, but ` +
      `"${source}" shows ${contextFrames}`,
  );
}
