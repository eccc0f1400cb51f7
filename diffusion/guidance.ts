/** Classifier-free guidance. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * unconditional + scale · (conditional − unconditional): scale 0 ignores the condition, 1 is the network's own
 * conditional answer, above 1 it exaggerates what the condition changes.
 *
 * Guides the network's prediction, not the channels of a learned variance.
 * Source: Ho & Salimans 2022, https://arxiv.org/abs/2207.12598, equation 6, whose w is scale − 1.
 */
export function guide(
  unconditional: tf.Tensor,
  conditional: tf.Tensor,
  scale: number | tf.Tensor,
): tf.Tensor {
  return tf.add(unconditional, tf.mul(tf.sub(conditional, unconditional), scale));
}
