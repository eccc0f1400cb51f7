/** What the network predicts, and the clean sample that its prediction means. */

import * as tf from "@tensorflow/tfjs-core";
import type { NoiseSchedule } from "./noise_schedule.ts";

/** The noise, the clean sample, or v = √ᾱ ε − √(1−ᾱ) x0 (Salimans & Ho 2022, https://arxiv.org/abs/2202.00512). */
export const objectiveIds = ["eps", "x0", "v"] as const;
export type Objective = typeof objectiveIds[number];

/** Of the difference d of answer and target: |d|, d², or d²/2 up to 1 and |d| − 1/2 above (Huber). */
export const lossIds = ["l1", "l2", "huber"] as const;
export type LossId = typeof lossIds[number];

/** √ᾱ and √(1−ᾱ) of one diffusion step. */
export interface NoiseLevel {
  readonly signal: number;
  readonly noise: number;
}

/** Factors of a sum of two things, float64. */
export interface TargetFactors {
  readonly x0: number;
  readonly noise: number;
}
export interface CleanFactors {
  readonly x: number;
  readonly output: number;
}

/** The target as `x0 · x0 + noise · ε`. */
export function targetFactors(objective: Objective, level: NoiseLevel): TargetFactors {
  switch (objective) {
    case "eps":
      return { x0: 0, noise: 1 };
    case "x0":
      return { x0: 1, noise: 0 };
    case "v":
      return { x0: -level.noise, noise: level.signal };
    default:
      return objective satisfies never;
  }
}

/**
 * The clean sample as `x · x_n + output · network output`.
 *
 * From ε it divides by √ᾱ, 5e-5 at the end of a cosine schedule: clip the result.
 * @throws {RangeError} For ε where no signal is left.
 */
export function cleanFactors(objective: Objective, level: NoiseLevel): CleanFactors {
  switch (objective) {
    case "eps":
      if (level.signal === 0) {
        throw new RangeError('Cannot recover x0 from "eps" where alpha-bar is 0: use "x0" or "v"');
      }
      return { x: 1 / level.signal, output: -level.noise / level.signal };
    case "x0":
      return { x: 0, output: 1 };
    case "v":
      return { x: level.signal, output: -level.noise };
    default:
      return objective satisfies never;
  }
}

/**
 * Refuses to predict ε where a diffusion step leaves no signal: there x0 does not follow from it.
 * @throws {RangeError} For ε on a schedule with zero terminal SNR.
 */
export function requireRecoverable(objective: Objective, schedule: NoiseSchedule): void {
  const blind = schedule.signal.indexOf(0);
  if (objective !== "eps" || blind === -1) return;
  throw new RangeError(
    `Cannot recover x0 from "eps" where alpha-bar is 0, at diffusion step ${blind} of ${schedule.steps}: ` +
      'predict "x0" or "v"',
  );
}

/** The loss of each element; L1 as Residual Video Diffusion, L2 as DDPM. */
export function elementLoss(loss: LossId, answer: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const difference = tf.sub(answer, target);
  switch (loss) {
    case "l1":
      return tf.abs(difference);
    case "l2":
      return tf.square(difference);
    case "huber": {
      const size = tf.abs(difference);
      // With m = min(|d|, 1): m (|d| − m/2) is d²/2 below 1 and |d| − 1/2 above, without a branch.
      const small = tf.minimum(size, 1);
      return tf.mul(small, tf.sub(size, tf.mul(small, 0.5)));
    }
    default:
      return loss satisfies never;
  }
}
