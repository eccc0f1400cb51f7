/** The AdamW optimiser. */

import * as tf from "@tensorflow/tfjs-core";
import type { Optimiser } from "./optimiser.ts";

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** The running means of gradients and of their squares. */
export type AdamSlot = "mean" | "square";

/**
 * m = β1 m + (1-β1) g; v = β2 v + (1-β2) g²; p = p (1 - lr wd) - lr / (1-β1^k) * m / (√v / √(1-β2^k) + ε).
 *
 * Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2, in the arrangement
 * of `torch.optim.AdamW` (decay first, ε outside the corrected root).
 */
export function adamw(
  settings: AdamSettings,
): Optimiser<AdamSlot, "decay" | "stepSize" | "rootCorrection"> {
  return {
    slots: ["mean", "square"],
    factors: (k, learningRate) => ({
      decay: 1 - learningRate * settings.weightDecay,
      ...adamFactors(k, learningRate, settings),
    }),
    update({ value, slots }, gradient, factors) {
      const { update, ...next } = adamUpdate(slots, gradient, settings, factors);
      return { value: tf.sub(tf.mul(value, factors.decay), update), slots: next };
    },
  };
}

/** Adam's step sizes: lr / (1 - β1^k) and 1 / √(1 - β2^k). */
export function adamFactors(
  k: number,
  learningRate: number,
  { beta1, beta2 }: AdamSettings,
): { readonly stepSize: number; readonly rootCorrection: number } {
  return {
    stepSize: learningRate / (1 - beta1 ** k),
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** k),
  };
}

/** The next running means, and what they subtract from the parameter. */
export function adamUpdate(
  { mean, square }: Readonly<Record<AdamSlot, tf.Tensor>>,
  gradient: tf.Tensor,
  { beta1, beta2, epsilon }: AdamSettings,
  { stepSize, rootCorrection }: Readonly<Record<"stepSize" | "rootCorrection", tf.Tensor>>,
): Readonly<Record<AdamSlot | "update", tf.Tensor>> {
  const nextMean = tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1));
  const nextSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(nextSquare), rootCorrection), epsilon);
  const update = tf.mul(tf.div(nextMean, root), stepSize);
  return { mean: nextMean, square: nextSquare, update };
}
