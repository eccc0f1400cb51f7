/** Stochastic gradient descent, with momentum where it is wanted. */

import * as tf from "@tensorflow/tfjs-core";
import { withPenalty } from "./adam.ts";
import type { Optimiser } from "./optimiser.ts";

export interface SgdSettings {
  /** 0 keeps no running sum. */
  readonly momentum: number;
  /** Steps to where the momentum will carry. */
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * g = g + wd p; u = μ u + g; p = p - lr u, or with Nesterov's look ahead p = p - lr (g + μ u).
 *
 * Source: Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html, in the arrangement of
 * `torch.optim.SGD` without dampening: the rate is outside of u, so a new rate holds at once.
 * @throws {RangeError} When Nesterov's look ahead has no momentum to look along.
 */
export function sgd(
  { momentum, nesterov, weightDecay }: SgdSettings,
): Optimiser<string, "learningRate"> {
  if (nesterov && momentum === 0) {
    throw new RangeError("Cannot make an optimiser: nesterov needs momentum, but it is 0");
  }
  return {
    slots: momentum === 0 ? [] : ["momentum"],
    factors: (_, learningRate) => ({ learningRate }),
    update({ value, slots }, gradient, { learningRate }) {
      const penalised = withPenalty(gradient, value, weightDecay);
      const step = (direction: tf.Tensor) => tf.sub(value, tf.mul(direction, learningRate));
      if (slots["momentum"] === undefined) return { value: step(penalised), slots: {} };
      const sum = tf.add(tf.mul(slots["momentum"], momentum), penalised);
      const direction = nesterov ? tf.add(penalised, tf.mul(sum, momentum)) : sum;
      return { value: step(direction), slots: { momentum: sum } };
    },
  };
}
