/** What a next-frame predictor offers: one step. */

import type { Json } from "../../artifacts/weights.ts";
import type { ForwardFunction } from "../../engine/engine.ts";
import { initialHidden, nextFrame, type NextFrameConfig } from "../../models/next_frame.ts";
import { under } from "../../models/parameters.ts";
import { type Exportable, inputsLike, named, outputsLike, requireSize } from "./exportable.ts";

export const nextFrameExport: Exportable = (config, sizes) => ({
  predictor: nextFrameStep(config as Json & NextFrameConfig, requireSize("next_frame", sizes), ""),
});

/** @param prefix Of the weights' names, with a dot: "" or "predictor.". */
export function nextFrameStep(
  config: NextFrameConfig,
  size: { readonly height: number; readonly width: number },
  prefix: "" | "predictor.",
): ForwardFunction {
  const { height, width } = size;
  const states = inputsLike(
    () => initialHidden(config, { batch: 1, ...size }),
    "state.",
    () => "What is remembered; zeros before the first frame",
  );
  return {
    summary: "The frame that follows a frame, given what came before",
    inputs: {
      frame: { shape: ["batch", height, width, config.channels], doc: "A frame in [0, 1]" },
      ...states,
    },
    outputs: {
      mean: "The frame that should follow, in [0, 1]",
      ...outputsLike(states, ["state.", "next."], "The state for the next step"),
    },
    run(weights, { frame, ...state }) {
      const own = prefix === "" ? weights : under(weights, "predictor");
      const { mean, hidden } = nextFrame(own, config, frame!, under(state, "state"));
      return { mean, ...named("next.", hidden) };
    },
  };
}
