/** What a residual diffusion offers: taking a frame in, and one denoising of the frame that follows. */

import * as tf from "@tensorflow/tfjs-core";
import type { Json } from "../../artifacts/weights.ts";
import { denoise } from "../../diffusion/residual_rollout.ts";
import type { ForwardFunction } from "../../engine/engine.ts";
import { contextNet, contextStart } from "../../models/context_net.ts";
import { under } from "../../models/parameters.ts";
import { pastOf } from "../../models/residual_video_diffusion.ts";
import type { ResidualDiffusionConfig } from "../sample/read_denoiser.ts";
import { type Exportable, inputsLike, named, outputsLike, requireSize } from "./exportable.ts";
import { nextFrameStep } from "./next_frame.ts";

type Config = Json & ResidualDiffusionConfig;
type Size = { readonly height: number; readonly width: number };

export const residualDiffusionExport: Exportable = (json, sizes) => {
  const config = json as Config;
  const size = requireSize("residual_diffusion", sizes);
  return {
    context: contextPart(config, size),
    denoiser: denoiserPart(config, size),
    ...(config.joint ? { predictor: nextFrameStep(config.predictor, size, "predictor.") } : {}),
  };
};

function contextPart({ networks, predictor }: Config, size: Size): ForwardFunction {
  const frame = { shape: ["batch", size.height, size.width, predictor.channels] } as const;
  const states = inputsLike(
    () => contextStart(networks.context, { batch: 1, ...size }),
    "state.",
    () => "Context of the frame before; zeros before the first frame",
  );
  const past = pastInputs(networks.denoiser, frame.shape);
  return {
    summary: "What a frame says about the error of the prediction of the next one",
    inputs: {
      frame: { ...frame, doc: "The newest frame, in [0, 1]" },
      before: { ...frame, doc: "The frame before it, in [0, 1]; zeros before the first frame" },
      ...states,
    },
    outputs: {
      ...outputsLike(states, ["state.", "context."], "Context of the next frame, and next state"),
      ...outputsLike(past, ["", "next."], "What the denoiser wants to see of the last frames"),
    },
    run(weights, { frame, before, ...state }) {
      const shown = tf.sub(tf.mul(frame!, 2), 1);
      const own = under(weights, "context");
      const context = contextNet(own, networks.context, shown, under(state, "state"));
      const seen = pastOf(networks.denoiser, frame!, before!);
      return { ...named("context.", context), ...named("next.past.", seen) };
    },
  };
}

function denoiserPart(config: Config, size: Size): ForwardFunction {
  const { networks, predictor, objective, sigma } = config;
  const shape = ["batch", size.height, size.width, predictor.channels] as const;
  const context = inputsLike(
    () => contextStart(networks.context, { batch: 1, ...size }),
    "context.",
    () => 'As "context" gives it for the newest frame',
  );
  return {
    summary: `The ${objective} of a noisy residual (frame − mean) / ${sigma}`,
    inputs: {
      noisy: { shape, doc: `The noisy residual, in units of ${sigma} of a pixel's range [0, 1]` },
      timesteps: { shape: ["batch"], doc: "Diffusion step of each sample, 0, 1, 2, ..." },
      levels: { shape: ["batch", 2], doc: "√ᾱ and √(1−ᾱ) of the step" },
      mean: { shape, doc: "The predictor's frame, in [0, 1]" },
      ...context,
      ...pastInputs(networks.denoiser, shape),
    },
    outputs: { output: `The network's answer: ${objective}` },
    run(weights, { noisy, timesteps, levels, mean, ...rest }) {
      const conditions = {
        mean: mean!,
        context: under(rest, "context"),
        past: under(rest, "past"),
      };
      const moment = { noisy: noisy!, timesteps: timesteps!, levels: levels! };
      const output = denoise({ predictor: {}, residual: weights }, config, conditions, moment);
      return { output };
    },
  };
}

function pastInputs(
  config: ResidualDiffusionConfig["networks"]["denoiser"],
  [, ...rest]: readonly ["batch", ...number[]],
) {
  return inputsLike(
    () => pastOf(config, tf.zeros([1, ...rest]), tf.zeros([1, ...rest])),
    "past.",
    () => 'As "context" gives it for the newest frame',
  );
}
