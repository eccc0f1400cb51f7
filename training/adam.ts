/** The Adam optimiser, with weight decay as part of the gradient. */

import * as tf from "@tensorflow/tfjs-core";
import { adamFactors, type AdamSettings, type AdamSlot, adamUpdate } from "./adamw.ts";
import type { Optimiser } from "./optimiser.ts";

/**
 * g = g + wd p, then m = β1 m + (1-β1) g; v = β2 v + (1-β2) g²; p = p - lr / (1-β1^k) * m / (√v / √(1-β2^k) + ε).
 *
 * Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1, in the arrangement of
 * `torch.optim.Adam`, whose decay is an L2 penalty: a parameter with large gradients decays less.
 */
export function adam(settings: AdamSettings): Optimiser<AdamSlot, "stepSize" | "rootCorrection"> {
  return {
    slots: ["mean", "square"],
    factors: (k, learningRate) => adamFactors(k, learningRate, settings),
    update({ value, slots }, gradient, factors) {
      const penalised = withPenalty(gradient, value, settings.weightDecay);
      const { update, ...next } = adamUpdate(slots, penalised, settings, factors);
      return { value: tf.sub(value, update), slots: next };
    },
  };
}

/** The gradient of the loss + wd/2 |p|². */
export function withPenalty(gradient: tf.Tensor, value: tf.Tensor, weightDecay: number): tf.Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
}
