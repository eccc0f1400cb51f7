/** What Stochastic Video Generation offers: its networks, each for one moment. */

import type { Json } from "../../artifacts/weights.ts";
import type { ForwardFunction, ForwardInput } from "../../engine/engine.ts";
import { under } from "../../models/parameters.ts";
import { batchNorms } from "../../models/svg/batch_norms.ts";
import { decodeFrame, encodeFrame } from "../../models/svg/frame_code.ts";
import {
  initialSvgState,
  posteriorOf,
  predictCode,
  priorOf,
  type SvgConfig,
} from "../../models/svg/svg.ts";
import { type Exportable, inputsLike, named, outputsLike } from "./exportable.ts";

/** Batch norms use the running statistics of training. */
export const svgExport: Exportable = (json) => {
  const config = json as Json & SvgConfig;
  return {
    encoder: encoderPart(config),
    decoder: decoderPart(config),
    predictor: predictorPart(config),
    posterior: gaussianPart(config, "posterior"),
    ...(config.prior === "learned" ? { prior: gaussianPart(config, "prior") } : {}),
  };
};

function encoderPart({ frames }: SvgConfig): ForwardFunction {
  const { height, width, channels } = frames;
  const skips = skipInputs(frames);
  return {
    summary: "The code of a frame, and its maps at each resolution",
    inputs: { frame: { shape: ["batch", height, width, channels], doc: "A frame in [0, 1]" } },
    outputs: {
      code: "The code, in (-1, 1)",
      ...outputsLike(skips, ["", ""], "Maps of the frame; 0 is the finest"),
    },
    run(weights, { frame }) {
      const { code, skips } = encodeFrame(weights, frames, frame!, batchNorms(weights, "eval"));
      return { code, ...named("skip.", skips) };
    },
  };
}

function decoderPart({ frames }: SvgConfig): ForwardFunction {
  const skips = skipInputs(frames);
  return {
    summary: "The frame of a code, in the scene that the maps of another frame show",
    inputs: { code: codeInput(frames.code), ...skips },
    outputs: { frame: "The frame, in (0, 1)" },
    run(weights, { code, ...rest }) {
      const encoded = { code: code!, skips: under(rest, "skip") };
      return { frame: decodeFrame(weights, frames, encoded, batchNorms(weights, "eval")) };
    },
  };
}

function predictorPart(config: SvgConfig): ForwardFunction {
  const states = stateInputs(config, "predictor");
  return {
    summary: "The code of the next frame",
    inputs: {
      code: codeInput(config.frames.code),
      latent: { shape: ["batch", config.latent], doc: "z of the next frame" },
      ...(config.conditions > 0
        ? {
          condition: {
            shape: ["batch", config.conditions],
            doc: "What is known beside the frame, such as an action",
          } as const,
        }
        : {}),
      ...states,
    },
    outputs: {
      next_code: "The code of the next frame, in (-1, 1)",
      ...outputsLike(states, ["state.", "next."], "The state for the next moment"),
    },
    run(weights, { code, latent, condition, ...rest }) {
      const given = { code: code!, latent: latent!, ...(condition ? { condition } : {}) };
      const before = named("predictor.", under(rest, "state"));
      const { code: next_code, state } = predictCode(weights, config, given, before);
      return { next_code, ...named("next.", under(state, "predictor")) };
    },
  };
}

function gaussianPart(config: SvgConfig, name: "posterior" | "prior"): ForwardFunction {
  const states = stateInputs(config, name);
  return {
    summary: name === "posterior"
      ? "The distribution of a frame's latent variable, given frames up to it"
      : "The distribution of the next frame's latent variable, given frames before it",
    inputs: { code: codeInput(config.frames.code), ...states },
    outputs: {
      mean: "Mean of each latent number",
      log_variance: "Natural logarithm of its variance",
      ...outputsLike(states, ["state.", "next."], "The state for the next moment"),
    },
    run(weights, { code, ...rest }) {
      const before = named(`${name}.`, under(rest, "state"));
      const { gaussian, state } = name === "posterior"
        ? posteriorOf(weights, code!, before)
        : priorOf(weights, config, code!, before);
      const { mean, logVariance } = gaussian!;
      return { mean, log_variance: logVariance, ...named("next.", under(state, name)) };
    },
  };
}

function stateInputs(config: SvgConfig, network: string): Record<string, ForwardInput> {
  return inputsLike(
    () => under(initialSvgState(config, 1), network),
    "state.",
    () => "The recurrent state; zeros before the first frame",
  );
}

/** Level 0 of "dcgan" has half of the frame's resolution, that of "vgg" all of it. */
function skipInputs({ kind, height, width, widths }: SvgConfig["frames"]) {
  return Object.fromEntries(widths.map((channels, level) => {
    const scale = 2 ** (kind === "vgg" ? level : level + 1);
    const shape = ["batch", height / scale, width / scale, channels] as const;
    return [`skip.${level}`, { shape, doc: "Maps of a frame of the scene" }];
  }));
}

function codeInput(code: number): ForwardInput {
  return { shape: ["batch", code], doc: "The code of a frame" };
}
