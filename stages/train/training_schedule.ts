/** How long and how fast to train, from the parameters that the video trainings share. */

import { oneCycle } from "../../training/learning_rate.ts";
import type { TrainOptions } from "../../training/train.ts";

export interface ScheduleParams {
  readonly steps: number;
  /** Peak of the one-cycle policy, and the share of the steps with a rising rate. */
  readonly learningRate: number;
  readonly rise: number;
  readonly weightDecay: number;
  readonly clipNorm: number | null;
  readonly ema: number | null;
  readonly checkpointEvery: number;
  readonly logEvery: number;
}

/** One-cycle AdamW with clipping, and the average of parameters with warm-up where one is kept. */
export function trainingSchedule(
  { steps, learningRate: peak, rise, weightDecay, clipNorm, ema, ...every }: ScheduleParams,
): Pick<TrainOptions, "steps" | "optimiser" | "ema" | "checkpointEvery" | "logEvery"> {
  return {
    steps,
    optimiser: { learningRate: oneCycle({ peak, steps, rise }), weightDecay, clipNorm },
    ema: ema === null ? null : { decay: ema, warmup: true },
    checkpointEvery: every.checkpointEvery,
    logEvery: every.logEvery,
  };
}
