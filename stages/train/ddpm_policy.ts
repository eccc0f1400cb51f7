/** How fast an image diffusion learns. */

import {
  constant,
  cosine,
  type LearningRate,
  oneCycle,
  stepDecay,
  warmup,
} from "../../training/learning_rate.ts";
import type { TrainOptions } from "../../training/train.ts";
import type { DdpmParams } from "./ddpm_params.ts";

/** Optimiser, policy and average of `train`, from the parameters of the stage. */
export function ddpmPolicy(
  params: DdpmParams,
  stepsPerEpoch: number,
): Pick<TrainOptions, "steps" | "optimiser" | "plateau" | "ema" | "accumulate"> {
  const { steps, weightDecay, clipNorm, momentum, accumulate, ema } = params;
  const optimiser = { learningRate: learningRate(params), weightDecay, clipNorm };
  return {
    steps,
    accumulate,
    optimiser: params.optimiser === "sgd"
      ? { kind: "sgd", momentum, ...optimiser }
      : { kind: params.optimiser, ...optimiser },
    ...(params.policy === "plateau"
      ? {
        plateau: {
          stepsPerEpoch,
          metric: "loss",
          factor: params.decayFactor,
          patience: params.patience,
        },
      }
      : {}),
    ema: ema === null ? null : { decay: ema, warmup: true, updateAfter: params.emaAfter },
  };
}

function learningRate(params: DdpmParams): LearningRate {
  const { learningRate: peak, steps, warmup: rising } = params;
  const left = Math.max(1, steps - rising);
  switch (params.policy) {
    case "one_cycle":
      return oneCycle({ peak, steps, rise: params.rise });
    case "cosine":
      return warmup(rising, peak, cosine({ peak, steps: left }));
    case "step":
      return warmup(
        rising,
        peak,
        stepDecay({ rate: peak, every: params.decayEvery, factor: params.decayFactor }),
      );
    case "constant":
    case "plateau":
      return warmup(rising, peak, constant(peak));
    default:
      return params.policy satisfies never;
  }
}
