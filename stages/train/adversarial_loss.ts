/** What players of an adversarial game lose. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Mean binary cross-entropy of logits against one target: softplus(x) − t x.
 *
 * The form of `torch.nn.BCEWithLogitsLoss`, which no logit overflows.
 * @param target In [0, 1]; 0.9 for real data is one-sided smoothing (Salimans et al. 2016,
 * https://arxiv.org/abs/1606.03498).
 */
export function bceWithLogits(logits: tf.Tensor, target: number): tf.Scalar {
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target)));
}

/**
 * Mean cross-entropy of categories, in nats.
 * @param logits `[batch, categories]`.
 * @param wanted `[batch, categories]`, one-hot.
 */
export function categoryLoss(logits: tf.Tensor, wanted: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), wanted), 1)));
}

/** Share of rows whose largest logit is at the wanted place. */
export function categoryAccuracy(logits: tf.Tensor, wanted: tf.Tensor): tf.Scalar {
  const own = tf.sum(tf.mul(logits, wanted), 1, true);
  // The margin lets equal float sums count as the largest.
  const isLargest = tf.step(tf.add(tf.sub(own, tf.max(logits, 1, true)), 1e-6));
  return tf.mean(isLargest);
}
